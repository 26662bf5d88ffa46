-- The fields of a student that the service requires in addition to those that the contract requires.
local schema = require "client.schema"
local session = require "client.session"

local policy = {}

local patience = 2 -- seconds
local required -- ",br_document,email,", once the service has been asked

--- Whether a student must have the field. Where the service cannot be asked, what its policy may require is required.
function policy.requires(field)
    if field.presence ~= "expected" then return field.presence == "required" end
    if not required then
        local info = session.call(schema.method "info", {}, session.in_passing(patience))
        if not (info and info.required) then return true end
        required = "," .. info.required .. ","
    end
    return required:find("," .. field.name .. ",", 1, true) ~= nil
end

return policy
