# shellcheck shell=bash
# How ci/bench measures: servers as children, loads by wrk, figures from /proc, medians. It is
# sourced after common.sh; it knows no requirement and judges nothing. SCRATCH is the caller's
# temporary folder; every server that is started here is stopped by stop_servers.

# SERVER_CPU: the processes whose CPU counts, where they are more than the one of SERVER_PID.
declare -A SERVER_PID=() SERVER_URL=() SERVER_CPU=()

# start_server NAME COMMAND...: returns when the first URL was printed on standard output.
start_server() {
    local name=$1 out=$SCRATCH/$1.out url=
    shift
    : >"$out"
    "$@" >"$out" 2>"$SCRATCH/$name.err" </dev/null &
    SERVER_PID[$name]=$!
    for _ in $(seq 400); do
        url=$(grep -om1 'http://[0-9.]*:[0-9]*' "$out" || true)
        if [ -n "$url" ]; then break; fi
        kill -0 "${SERVER_PID[$name]}" 2>/dev/null || break
        sleep 0.025
    done
    if [ -z "$url" ]; then
        cat "$SCRATCH/$name.err" >&2
        die 3 "$name printed no URL within 10 s: $*"
    fi
    SERVER_URL[$name]=$url
}

stop_server() {
    local pid=${SERVER_PID[$1]:-}
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        unset "SERVER_PID[$1]"
    fi
}

stop_servers() {
    local name
    for name in "${!SERVER_PID[@]}"; do stop_server "$name"; done
}

# CPU milliseconds that processes have used, their threads included.
cpu_ms() { # cpu_ms "PID..."
    local pid files=()
    for pid in $1; do files+=("/proc/$pid/stat"); done
    awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); n += $12 + $13 } END { print n * 1000 / hz }' \
        "${files[@]}"
}

# status_kb PID FIELD: VmHWM, VmRSS, RssAnon of a process, in KB.
status_kb() { awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/status"; }

# load SERVER BODY CONNECTIONS SECONDS: prints "requests/s p50 p99 errors cpu-ms-per-request".
# A time-out of wrk counts as an error, so it is far above any queue's length.
load() {
    local name=$1 body=$2 connections=$3 seconds=$4 before after threads=2 figures processes
    processes=${SERVER_CPU[$name]:-${SERVER_PID[$name]}}
    before=$(cpu_ms "$processes")
    if ! BENCH_BODY=$body BENCH_TYPE="multipart/form-data; boundary=$BOUNDARY" \
        wrk -t "$threads" -c "$connections" -d "${seconds}s" --timeout 120s \
        -s "$AILAB_ROOT/mockserver/bench/post.lua" "${SERVER_URL[$name]}$ENDPOINT" \
        >"$SCRATCH/wrk" 2>&1 </dev/null; then
        cat "$SCRATCH/wrk" >&2
        die 3 "wrk failed"
    fi
    after=$(cpu_ms "$processes")
    figures=$(sed -n 's/^figures //p' "$SCRATCH/wrk")
    # A request that wrk gave up at its end has cost CPU and is not counted: this errs against the
    # server. Its rest is waited for, so that the next load has the machine to itself.
    settle "$processes"
    awk -v cpu="$(calc "$after - $before")" '{
        n = $1 > 0 ? $1 : 1
        printf "%.3f %.3f %.3f %d %.5f\n", $1 / $2, $3, $4, $5, cpu / n
    }' <<<"$figures"
}

# Waits until processes have used no CPU for a tenth of a second, ten seconds at most.
settle() {
    local before after
    after=$(cpu_ms "$1")
    for _ in $(seq 100); do
        before=$after
        sleep 0.1
        after=$(cpu_ms "$1")
        if [ "$before" = "$after" ]; then return; fi
    done
}

# pair_ratios ONE OTHER COLUMN: of the rounds on standard input, whose first word names the server,
# the pairs' ratios of a column, other to one: "median lower-quartile upper-quartile".
pair_ratios() {
    awk -v one="$1" -v other="$2" -v k="$3" '$1 == one { a[++n] = $k } $1 == other { b[++m] = $k }
        END { for (i = 1; i <= n; i++) print a[i] ? b[i] / a[i] : 0 }' | sort -g >"$SCRATCH/ratios"
    awk -v median="$(median <"$SCRATCH/ratios")" '{ v[NR] = $1 }
        END { printf "%.3f %.3f %.3f\n", median, v[int((NR + 3) / 4)], v[int((3 * NR + 3) / 4)] }
    ' "$SCRATCH/ratios"
}

# The median of the numbers on standard input, one a line; "-" for none.
median() {
    sort -g | awk '{ v[NR] = $1 } END {
        if (!NR) { print "-"; exit }
        print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
    }'
}

now_ms() { awk -v t="$EPOCHREALTIME" 'BEGIN { sub(",", ".", t); printf "%.3f\n", t * 1000 }'; }

# calc EXPRESSION [FORMAT]: arithmetic with fractions.
calc() { awk "BEGIN { printf \"${2:-%.4f}\", $1 }"; }
holds() { awk "BEGIN { exit !($1) }"; }
