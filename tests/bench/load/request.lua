-- The one request that wrk repeats. Arguments behind `--`: method, body (may be empty), a text that every answer has to
-- hold, then headers as "Name: value". With an empty text the answers are not looked at, which costs the least.
-- The last line of the output is JSON: what went wrong, and how much went right in which time.

local first

function setup(thread)
    first = thread -- wrk runs with one
end

function init(args)
    wrk.method = args[1]
    wrk.body = args[2] ~= "" and args[2] or nil
    for number = 4, #args do
        local name, value = args[number]:match("^([^:]+): (.*)$")
        wrk.headers[name] = value
    end

    local expected = args[3]
    if expected ~= "" then
        response = function(status, headers, body)
            if not wrong and (status ~= 200 or not body:find(expected, 1, true)) then
                wrong = status .. " " .. body:sub(1, 400)
            end
        end
    end
end

local function quoted(text)
    return '"' .. text:gsub('[%c"\\]', function(letter) return ("\\u%04x"):format(letter:byte()) end) .. '"'
end

function done(summary, latency, requests)
    local errors = summary.errors
    local told = ("errors of status %d, connect %d, read %d, write %d, time-out %d"):format(
        errors.status, errors.connect, errors.read, errors.write, errors.timeout)
    local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
    local wrong = first:get("wrong") or (failed > 0 and told) or ""
    io.write(('\n{"wrong": %s, "requests": %d, "seconds": %.6f}\n'):format(
        quoted(wrong), summary.requests, summary.duration / 1e6))
end
