/* The answers that the tests of the cases write, as texts. */
#ifndef CONFORMANCE_TESTS_ANSWERS_H
#define CONFORMANCE_TESTS_ANSWERS_H

/* headers: whole lines. It ends where the connection does. */
#define ANSWER(status, headers, body) "HTTP/1.1 " status " X\r\n" headers "\r\n" body
/* What is said where a connection ends without one. */
#define CLOSED "closed without an answer: the connection was: closed without an answer"
#define JSON "Content-Type: application/json\r\n"
#define DETAIL(code, text)                                                                         \
    "\"error_detail\":{\"code\":\"" code "\",\"code_message\":\"" text "\",\"message\":\"m\"}"
#define REFUSED(status, code, headers) ANSWER(status, headers, "{" DETAIL(code, "t") "}")
#define MISSING REFUSED("400", "MISSING_PARAMETERS", "")
#define PIXEL                                                                                      \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
#define GOOD_IMAGE(image)                                                                          \
    ANSWER("200", "", "{" DETAIL("", "") ",\"data\":{\"image\":\"" image "\"}}")
#define GOOD(headers)                                                                              \
    ANSWER("200", headers, "{" DETAIL("", "") ",\"data\":{\"image\":\"" PIXEL "\"}}")

/* Of the free call that tells the credits. */
#define POOLS(pools) ANSWER("200", "", "{" DETAIL("", "") ",\"data\":" pools "}")
#define POOL_BEGINS(sign, balance)                                                                 \
    "{\"unique_sign\":\"" sign "\",\"name\":\"n\",\"balance\":" balance                            \
    ",\"last_recharge_balance\":1,\"balance_warning\":1,\"first_buy_time\":1"
#define POOL(sign, balance) POOL_BEGINS(sign, balance) ",\"last_update_time\":1,\"total\":1}"
#define OWN "portrait_expression_editing"
#define BALANCE(own, common) POOLS("[" POOL("common", common) "," POOL(OWN, own) "]")

#endif
