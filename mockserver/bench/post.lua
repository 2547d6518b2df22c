-- What wrk sends and prints for ci/bench: one request, built once from the files named by the
-- environment (BENCH_BODY, BENCH_TYPE), and a line of figures at the end. Knows no sizes, no limits.
local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = os.getenv("BENCH_TYPE")
wrk.headers["ailabapi-api-key"] = "benchmark"
file:close()

-- requests, seconds, p50 ms, p99 ms, failed requests (connect, read, write, time-out, status > 399)
function done(summary, latency)
   local errors = summary.errors
   print(string.format("figures %d %.6f %.3f %.3f %d", summary.requests, summary.duration / 1e6,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
