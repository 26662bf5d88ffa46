// Reads PEM files.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

inline std::string read_file(const std::string &path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}
