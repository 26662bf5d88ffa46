/* The levels of the log's lines. */
#ifndef ALUNOD_LOG_LEVEL_H
#define ALUNOD_LOG_LEVEL_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

#endif
