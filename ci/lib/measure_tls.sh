# shellcheck shell=bash
# The part of ci/bench that measures TLS: the front door of the mock beside nginx, which ends TLS in
# front of the plain port of another process of the same mock. It is sourced after measure.sh, and
# takes from ci/bench: SCRATCH, TOOLS, ROUNDS, LARGEST, mock_server,
# check_answers, round, of, verdict.

TLS_SIZES=(20KB 4.9MB)
TLS_CONNECTIONS=(8 64)
HANDSHAKE_THREADS=16

# One certificate and an authority above it, as the front door has them.
make_certificate() {
    local folder=$SCRATCH/nginx
    mkdir -p "$folder"
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
            -keyout "$folder/ca.key" -out "$folder/ca.pem" &&
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
                -keyout "$folder/key.pem" -out "$folder/request.pem" &&
            openssl x509 -req -in "$folder/request.pem" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
                -CAcreateserial -days 2 -out "$folder/certificate.pem"
    } >"$folder/openssl" 2>&1 || die 3 "openssl makes no certificate: $(cat "$folder/openssl")"
    cat "$folder/ca.pem" >>"$folder/certificate.pem"
}

# Nothing is written, nothing is kept back, connections to the mock are kept.
nginx_settings() { # nginx_settings PORT MOCK-PORT
    cat <<END
daemon off;
worker_processes auto;
pid $SCRATCH/nginx/pid;
error_log $SCRATCH/nginx/errors;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $SCRATCH/nginx/client;
    proxy_temp_path $SCRATCH/nginx/proxy;
    fastcgi_temp_path $SCRATCH/nginx/fastcgi;
    uwsgi_temp_path $SCRATCH/nginx/uwsgi;
    scgi_temp_path $SCRATCH/nginx/scgi;
    client_max_body_size 0;
    client_body_buffer_size 64k;
    keepalive_requests 1000000000;
    tcp_nodelay on;
    upstream mock {
        server 127.0.0.1:$2;
        keepalive 64;
        keepalive_requests 1000000000;
    }
    server {
        listen 127.0.0.1:$1 ssl backlog=1024;
        ssl_certificate $SCRATCH/nginx/certificate.pem;
        ssl_certificate_key $SCRATCH/nginx/key.pem;
        ssl_protocols TLSv1.3;
        location / {
            proxy_pass http://mock;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$http_host;
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_buffer_size 64k;
            proxy_buffers 8 64k;
        }
    }
}
END
}

# nginx cannot ask the system for a free port: it is tried until it has found one.
start_nginx() { # start_nginx MOCK-PORT
    local port pid
    make_certificate
    for _ in $(seq 20); do
        port=$((20000 + RANDOM % 12000))
        nginx_settings "$port" "$1" >"$SCRATCH/nginx/settings"
        nginx -c "$SCRATCH/nginx/settings" -e "$SCRATCH/nginx/errors" >"$SCRATCH/nginx/out" 2>&1 </dev/null &
        pid=$!
        SERVER_PID["nginx"]=$pid
        for _ in $(seq 200); do
            if curl -ks -o "$SCRATCH/answer" "https://127.0.0.1:$port/" && kill -0 "$pid" 2>/dev/null; then
                SERVER_URL["nginx"]=https://127.0.0.1:$port
                return
            fi
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.05
        done
        stop_server nginx
    done
    die 3 "nginx does not start: $(tail -n 5 "$SCRATCH/nginx/errors" "$SCRATCH/nginx/out")"
}

# Each has a mock of its own, of the same program with the same flags: the connections that nginx
# keeps would hold the threads of the other's.
start_tls_servers() {
    local nginx_pids
    mock_server front --trust-images --no-cache --https --ca-dir "$SCRATCH/authority"
    SERVER_URL["front"]=${SERVER_URL["front"]/http:/https:}
    mock_server behind --trust-images --no-cache
    start_nginx "${SERVER_URL["behind"]##*:}"
    nginx_pids="${SERVER_PID[nginx]} $(tr '\n' ' ' \
        <"/proc/${SERVER_PID["nginx"]}/task/${SERVER_PID["nginx"]}/children")"
    SERVER_CPU["nginx"]="${SERVER_PID["behind"]} $nginx_pids"
}

# tls_order ROUND: the order changes, so that no drift of the machine favours one.
tls_order() { if [ $(($1 % 2)) -eq 0 ]; then echo nginx front; else echo front nginx; fi; }

# handshakes SERVER SECONDS: prints "handshakes/s failures cpu-ms-per-handshake".
handshakes() {
    local before after figures
    local processes=${SERVER_CPU[$1]:-${SERVER_PID[$1]}}
    before=$(cpu_ms "$processes")
    figures=$("$TOOLS/handshakes" "${SERVER_URL[$1]##*:}" "$HANDSHAKE_THREADS" "$2") ||
        die 3 "the load of handshakes failed"
    settle "$processes"
    after=$(cpu_ms "$processes")
    awk -v cpu="$(calc "$after - $before")" -v seconds="$2" \
        '{ n = $1 > 0 ? $1 * seconds : 1; printf "%s %d %.4f\n", $1, $2, cpu / n }' <<<"$figures"
}

# Lines of HANDSHAKES: server handshakes/s failures cpu
measure_handshakes() {
    local i mode
    step "handshakes"
    for mode in front nginx; do handshakes "$mode" 1 >"$SCRATCH/warm-up"; done
    for i in $(seq "$TLS_ROUNDS"); do
        for mode in $(tls_order "$i"); do
            printf '%s %s\n' "$mode" "$(handshakes "$mode" "$TLS_SECONDS")" >>"$HANDSHAKES"
        done
    done
}

tls_seconds() { if [ "$1" = "$LARGEST" ]; then echo $((TLS_SECONDS + 1)); else echo "$TLS_SECONDS"; fi; }

measure_tls() { # measure_tls ROUNDS SECONDS
    local name connections i mode pid
    TLS_ROUNDS=$1 TLS_SECONDS=$2
    HANDSHAKES=$SCRATCH/handshakes
    : >"$HANDSHAKES"
    start_tls_servers
    pid=${SERVER_PID["front"]}
    sleep 0.3
    TLS_MEMORY=$(calc "$(status_kb "$pid" VmRSS) / 1024" %.1f)
    for mode in front nginx; do check_answers "$mode" -k; done
    for name in "${TLS_SIZES[@]}"; do
        for connections in "${TLS_CONNECTIONS[@]}"; do
            step "TLS, $name, $connections connections"
            for mode in front nginx; do
                load "$mode" "$SCRATCH/$name.body" "$connections" 1 >"$SCRATCH/warm-up"
            done
            for i in $(seq "$TLS_ROUNDS"); do
                for mode in $(tls_order "$i"); do
                    round "$mode" "$name" "$connections" "$(tls_seconds "$name")"
                done
            done
        done
    done
    measure_handshakes
    stop_servers
}

# tls_ratio SIZE CONNECTIONS COLUMN: the median of the pairs' ratios, front to nginx, and quartiles.
tls_ratio() {
    awk -v s="$1" -v c="$2" '$2 == s && $3 == c' "$ROUNDS" | pair_ratios nginx front "$3"
}

judge_tls() {
    local name connections mode ratio lower upper errors
    printf '\n%-6s %5s  %-6s %10s %9s %9s %9s\n' TLS conns server requests/s 'p50 ms' 'p99 ms' 'CPU ms'
    for name in "${TLS_SIZES[@]}"; do
        for connections in "${TLS_CONNECTIONS[@]}"; do
            for mode in front nginx; do
                printf '%-6s %5s  %-6s %10.1f %9.3f %9.3f %9.4f\n' "$name" "$connections" "$mode" \
                    "$(of "$mode" "$name" "$connections" 4)" "$(of "$mode" "$name" "$connections" 5)" \
                    "$(of "$mode" "$name" "$connections" 6)" "$(of "$mode" "$name" "$connections" 8)"
            done
            read -r ratio lower upper <<<"$(tls_ratio "$name" "$connections" 4)"
            verdict "TLS throughput, $name, $connections connections" \
                "$ratio of nginx's (quartiles $lower, $upper)" ">= 1" "$ratio >= 1"
            read -r ratio lower upper <<<"$(tls_ratio "$name" "$connections" 8)"
            verdict "TLS CPU per request, $name, $connections connections" \
                "$ratio of nginx's (quartiles $lower, $upper)" "<= 1" "$ratio <= 1"
        done
    done
    for mode in front nginx; do
        printf '%-13s %-6s %10.1f handshakes/s %18s %9.4f\n' handshakes "$mode" \
            "$(awk -v m="$mode" '$1 == m { print $2 }' "$HANDSHAKES" | median)" '' \
            "$(awk -v m="$mode" '$1 == m { print $4 }' "$HANDSHAKES" | median)"
    done
    read -r ratio lower upper <<<"$(pair_ratios nginx front 2 <"$HANDSHAKES")"
    verdict "TLS full handshakes" "$ratio of nginx's (quartiles $lower, $upper)" ">= 0.8" "$ratio >= 0.8"
    errors=$(awk '$1 == "front" || $1 == "nginx" { n += $7 } END { print n + 0 }' "$ROUNDS")
    errors=$((errors + $(awk '{ n += $3 } END { print n + 0 }' "$HANDSHAKES")))
    verdict "errors, TLS, both" "$errors" "0" "$errors == 0"
    verdict "memory at rest, TLS on" "$TLS_MEMORY MB" "< 12 MB resident" "$TLS_MEMORY < 12"
}
