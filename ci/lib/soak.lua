-- The requests that wrk sends for ci/soak: one small picture under many keys, every tenth request with a cue in
-- its key. Each thread looks at every status, stops itself after its share of answers, and leaves a
-- file to say so, because wrk itself would wait for the end of its time. Knows nothing of memory.
-- From the environment: SOAK_PICTURE, SOAK_KEYS, SOAK_REQUESTS (of one thread), SOAK_FINISHED (the
-- files' name, to which the thread's number is added).
local CUES = { -- name and the status it is answered with
   { "ERROR_NO_FACE_IN_FILE", 422 }, { "EXCEEDING_LIMITS", 429 }, { "ERROR_USER_LOCKED", 403 },
   { "FILE_SIZE_EXCEEDS_LIMIT", 413 },
}
local BOUNDARY = "ailab-soak-boundary"
local PATH = "/api/portrait/effects/emotion-editor"
local keys, share = tonumber(os.getenv("SOAK_KEYS")), tonumber(os.getenv("SOAK_REQUESTS"))
local threads, number_of_threads = {}, 0
local head, tail, sent = nil, nil, 0
answered, usual, cued, wrong, example = 0, 0, 0, 0, "" -- global: read by done() through thread:get

function setup(thread)
   thread:set("number", number_of_threads)
   number_of_threads = number_of_threads + 1
   threads[number_of_threads] = thread
end

function init()
   local file = assert(io.open(os.getenv("SOAK_PICTURE"), "rb"))
   local picture = file:read("*a")
   file:close()
   local body = table.concat({
      "--" .. BOUNDARY, 'Content-Disposition: form-data; name="service_choice"', "", "12",
      "--" .. BOUNDARY,
      'Content-Disposition: form-data; name="image_target"; filename="portrait.jpg"',
      "Content-Type: image/jpeg", "", picture, "--" .. BOUNDARY .. "--", "" }, "\r\n")
   head = "POST " .. PATH .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] ..
      "\r\nContent-Type: multipart/form-data; boundary=" .. BOUNDARY ..
      "\r\nContent-Length: " .. #body .. "\r\nailabapi-api-key: "
   tail = "\r\n\r\n" .. body
   sent = number * math.floor(keys / 2) -- threads walk through the keys half a round apart
end

function request()
   local key = "soak-" .. sent % keys
   if sent % 10 == 9 then
      key = "mock:" .. CUES[math.floor(sent / 10) % #CUES + 1][1] .. "@" .. key
   end
   sent = sent + 1
   return head .. key .. tail
end

function response(status, headers, body)
   answered = answered + 1
   if status == 200 then
      usual = usual + 1
   else
      local known = false
      for i = 1, #CUES do known = known or CUES[i][2] == status end
      if known then cued = cued + 1 else wrong = wrong + 1; example = status .. ": " .. body:sub(1, 300) end
   end
   if answered == share then
      assert(io.open(os.getenv("SOAK_FINISHED") .. number, "w")):close()
      wrk.thread:stop()
   end
end

-- answered, seconds, usual, cued, wrong, transport errors; then an example of a wrong answer
function done(summary)
   local sums, words = { answered = 0, usual = 0, cued = 0, wrong = 0 }, ""
   for _, thread in ipairs(threads) do
      for name in pairs(sums) do sums[name] = sums[name] + thread:get(name) end
      if thread:get("wrong") > 0 then words = thread:get("example") end
   end
   local errors = summary.errors
   print(string.format("soak %d %.6f %d %d %d %d %s", sums.answered, summary.duration / 1e6, sums.usual,
      sums.cued, sums.wrong, errors.connect + errors.read + errors.write + errors.timeout, words))
end
