-- Sends a scenario's requests in random order; prints one line of JSON at the end.
-- Arguments: the file of requests, and for submissions the file of the body.

local plain, parts = {}, nil
local authors = {}
local serial, run = 0, ""

local function read(path)
  local file = assert(io.open(path, "r"))
  local text = file:read("*a")
  file:close()
  return text
end

function init(args)
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)") or "1", 16) % 100000)
  if args[2] then
    parts = read(args[2])
    run = string.format("%x-%06x", os.time(), math.random(0, 0xffffff))
  end
  for path, token, marac in read(args[1]):gmatch("([^\t\n]+)\t([^\t\n]+)\t([^\t\n]+)\n") do
    local bearer = "Bearer " .. token
    if parts then
      authors[#authors + 1] = { path = path, bearer = bearer, body = parts:gsub("@MARAC", marac) }
    else
      plain[#plain + 1] = wrk.format("GET", path, { ["Authorization"] = bearer })
    end
  end
end

function request()
  if not parts then
    return plain[math.random(#plain)]
  end
  serial = serial + 1
  local author = authors[math.random(#authors)]
  local name = string.format("N%s-%d", run, serial)
  local names = { ["@SURVIVOR"] = "S" .. name, ["@PERPETRATOR"] = "P" .. name }
  local body = author.body:gsub("@%u+", names)
  return wrk.format("POST", author.path, {
    ["Authorization"] = author.bearer,
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "bench-" .. name,
  }, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
