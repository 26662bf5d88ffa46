-- aluno.progress: the progress of a long task, on stderr.
--
--   local bar <close> = aluno.progress(100000)   -- the total may be left out when it is not known
--   bar:advance(1)                               -- or bar:set(5000)
--
--   [########------------]  40 % 40000/100000 8213/s, 0:07 left
--
-- On a terminal it is a bar, redrawn at most ten times a second; elsewhere, a line per minute and one at the end.
local core = require "core"

local stderr = io.stderr

local bar_width, drawn_every, written_every = 20, 0.1, 60
local left_in_words = ({pt = "faltam %s", en = "%s left"})[core.language]

local bar = {}
bar.__index = bar

local shown -- the bar that is on the terminal now

local function duration(seconds)
    seconds = math.floor(seconds + 0.5)
    local minutes = seconds // 60
    if minutes < 60 then return ("%d:%02d"):format(minutes, seconds % 60) end
    return ("%d:%02d:%02d"):format(minutes // 60, minutes % 60, seconds % 60)
end

--- The text after that many seconds.
local function describe(self, seconds)
    local rate = seconds > 0 and self.done / seconds or 0
    local speed = ("%.0f/s"):format(rate)
    if not self.total then return ("%d %s, %s"):format(self.done, speed, duration(seconds)) end
    local share = self.total > 0 and math.min(self.done / self.total, 1) or 1
    local filled = math.floor(share * bar_width)
    local drawn = ("#"):rep(filled) .. ("-"):rep(bar_width - filled)
    local text = ("[%s] %3d %% %d/%d %s"):format(drawn, math.floor(share * 100), self.done, self.total, speed)
    if rate == 0 or share == 1 then return text .. ", " .. duration(seconds) end
    return text .. ", " .. left_in_words:format(duration((self.total - self.done) / rate))
end

local function draw(self, now)
    self.written = now
    local text = describe(self, now - self.begun)
    if not self.terminal then return self.write(text .. "\n") end
    self.write("\r\27[K" .. text:sub(1, self.columns - 1))
    shown = self
end

--- bar:set(done[, total]): sets the amount done, and a new total.
function bar:set(done, total)
    self.done, self.total = done, total or self.total
    local now = self.clock()
    if now - self.written >= (self.terminal and drawn_every or written_every) then draw(self, now) end
end

--- bar:advance([more])
function bar:advance(more)
    self:set(self.done + (more or 1))
end

--- Draws the bar a last time; also at the end of a <close> variable's scope.
function bar:finish()
    if self.finished then return end
    self.finished = true
    draw(self, self.clock())
    if self.terminal then self.write "\n" end
    shown = nil
end

bar.__close = bar.finish

local progress = {}

--- progress.start([total[, where]]) -> bar, which is aluno.progress. `where` replaces stderr: {write = a function of text,
--- clock = seconds, terminal = whether it is one, columns = its width}.
function progress.start(total, where)
    if total ~= nil and (math.type(total) ~= "integer" or total < 0) then
        error("the total must be a whole number, or nil", 2)
    end
    where = where or {}
    local terminal = where.terminal
    if terminal == nil then terminal = core.host.is_terminal() end
    local self = setmetatable({
        total = total,
        done = 0,
        terminal = terminal,
        columns = where.columns or core.host.columns(),
        clock = where.clock or core.host.clock,
        write = where.write or function(text) stderr:write(text) end,
    }, bar)
    self.begun = self.clock()
    self.written = self.begun
    return self
end

--- Erases the bar, so that a line can be written to the terminal. The next update draws it again.
function progress.hide()
    if shown then shown.write "\r\27[K" end
    shown = nil
end

return progress
