#include "net/http_parser.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace televisit::net {
namespace {

struct Parsed {
    int fault = 0;  // 0: a request; -1: not complete
    HttpRequest request;
    HttpHead head;
    std::size_t consumed = 0;
};

// Feeds `text` in pieces of `step` bytes, as a connection would: what is not consumed comes again.
Parsed parse(const std::string& text, std::size_t step, const HttpLimits& limits = {}) {
    HttpParser parser(limits);
    std::size_t consumed = 0;
    for (std::size_t arrived = std::min(step, text.size());; arrived = std::min(arrived + step, text.size())) {
        for (;;) {
            const auto result = parser.step(std::string_view(text).substr(consumed, arrived - consumed));
            consumed += result.consumed;
            if (result.event == HttpParser::Event::need_more) break;
            if (result.event == HttpParser::Event::fault) return {parser.fault().status, {}, {}, consumed};
            if (result.event == HttpParser::Event::request) return {0, parser.take_request(), parser.head(), consumed};
        }
        if (arrived == text.size()) return {-1, {}, {}, consumed};
    }
}

// Whole, byte by byte, and in odd pieces: the answer must not depend on how the bytes arrive.
Parsed parse_all_ways(const std::string& text, const HttpLimits& limits = {}) {
    const Parsed whole = parse(text, text.size(), limits);
    for (const std::size_t step : {1u, 7u}) {
        const Parsed pieces = parse(text, step, limits);
        CHECK(pieces.fault == whole.fault);
        CHECK(pieces.request.path == whole.request.path);
        CHECK(pieces.request.body == whole.request.body);
    }
    return whole;
}

std::string get(const std::string& fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string target(const std::string& text) {
    return "GET " + text + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

}  // namespace

TEST_CASE("a request is taken apart") {
    const Parsed parsed = parse_all_ways(
        "PATCH /api/a%20b/c?x=1&y=a%2Fb+c&flag&x=2 HTTP/1.1\r\nHost: example.org:8086\r\nX-A:  padded value \t\r\n"
        "Content-Length: 4\r\n\r\nbodynext");
    REQUIRE(parsed.fault == 0);
    const HttpRequest& request = parsed.request;
    CHECK(request.method == HttpMethod::patch);
    CHECK(request.path == "/api/a b/c");
    CHECK(request.raw_query == "x=1&y=a%2Fb+c&flag&x=2");
    CHECK(request.query ==
          std::vector<std::pair<std::string, std::string>>{{"x", "1"}, {"y", "a/b c"}, {"flag", ""}, {"x", "2"}});
    CHECK(request.header("x-a") == "padded value");
    CHECK(request.body == "body");
    CHECK(parsed.head.host == "example.org:8086");
    CHECK_FALSE(parsed.head.close);
}

TEST_CASE("only the request's own bytes are consumed") {
    const std::string one = post("Content-Length: 3\r\n", "abc");
    CHECK(parse(one + one, one.size() * 2).consumed == one.size());
    CHECK(parse(get("") + "GET", 1000).consumed == get("").size());
}

TEST_CASE("methods are known by their exact names") {
    for (const auto& [text, method] : std::vector<std::pair<std::string, HttpMethod>>{{"GET", HttpMethod::get},
                                                                                      {"HEAD", HttpMethod::head},
                                                                                      {"POST", HttpMethod::post},
                                                                                      {"PUT", HttpMethod::put},
                                                                                      {"PATCH", HttpMethod::patch},
                                                                                      {"DELETE", HttpMethod::del},
                                                                                      {"OPTIONS", HttpMethod::options}})
        CHECK(parse_all_ways(text + " / HTTP/1.1\r\nHost: a\r\n\r\n").request.method == method);
    for (const std::string text : {"get", "TRACE", "BREW"})
        CHECK(parse_all_ways(text + " / HTTP/1.1\r\nHost: a\r\n\r\n").fault == 501);
}

TEST_CASE("every framing fault is refused with 400") {
    const std::vector<std::string> faults{
        // Which length, or whether it is chunked, must never be a matter of opinion.
        post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"),
        post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
        post("Content-Length: 3, 3\r\n", "abc"),
        post("Content-Length: -1\r\n", ""),
        post("Content-Length: +3\r\n", "abc"),
        post("Content-Length: 0x3\r\n", "abc"),
        post("Content-Length: 3 3\r\n", "abc"),
        post("Content-Length:\r\n", ""),
        post("Content-Length: 99999999999999999999\r\n", ""),
        post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // Host
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:port\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
        // lines
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
        "\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        get("X: a\r\n b\r\n"),
        get("X: a\r\n\tb\r\n"),
        get("X: a\rb\r\n"),
        " " + get(""),
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        // fields
        get("X : a\r\n"),
        get(": a\r\n"),
        get("X\r\n"),
        get("X Y: a\r\n"),
        get("X(: a\r\n"),
        get("X\x80: a\r\n"),
        get("X: a\x01\r\n"),
        get("X: a\x7f\r\n"),
        get(std::string("X: a\0b\r\n", 8)),
        get(std::string("X\0: a\r\n", 7)),
        // the request line
        "GET /\r\nHost: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET / / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1x\r\nHost: a\r\n\r\n",
        "GET / HTTPS/1.1\r\nHost: a\r\n\r\n",
        std::string("\x16\x03\x01\x02", 4),
        // an upgrade in HTTP/1.0
        "GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    };
    for (const std::string& text : faults) {
        INFO(text);
        CHECK(parse_all_ways(text).fault == 400);
    }
}

TEST_CASE("a bad line is refused before the head is complete") {
    CHECK(parse("GET / HTTP/1.1\n", 1).fault == 400);
    CHECK(parse("\x80", 1).fault == 400);
}

TEST_CASE("targets come in origin, absolute and asterisk form") {
    CHECK(parse_all_ways(target("/")).request.path == "/");
    const Parsed absolute = parse_all_ways(target("http://other.example:80/p?q=1"));
    CHECK(absolute.request.path == "/p");
    CHECK(absolute.request.raw_query == "q=1");
    CHECK(absolute.head.host == "other.example:80");
    CHECK(parse_all_ways(target("https://[::1]:443")).request.path == "/");
    CHECK(parse_all_ways(target("HTTP://a?x=1")).request.raw_query == "x=1");
    const Parsed asterisk = parse_all_ways("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(asterisk.fault == 0);
    CHECK(asterisk.head.asterisk);
}

TEST_CASE("bad targets are refused with 400") {
    for (const std::string text :
         {"*",    "a",     "a:80",   "ftp://a/", "http:///", "http://a b/", "http://u@a/", "/a#b",
          "/%",   "/%2",   "/%zz",   "/%00",     "/a%2fb",   "/a%2Fb",      "/%0a",        "/%7f",
          "/..",  "/../a", "/a/..",  "/a/../b",  "/.",       "/a/./b",      "/%2e%2e/a",   "/a/%2e",
          "/%ff", "/%c3",  "/a?%zz", "/a?x=%",   "/a?%00",   "/a?x=%ff",    "/\xc3\xa4",   "/a\x7f"}) {
        INFO(text);
        CHECK(parse_all_ways(target(text)).fault == 400);
    }
    for (const std::string text :
         {"/...", "/.a", "/a..", "/%c3%a4", "/a//b", "/a?x=../..", "/a?/%2f", "/?=&=&", "/a|b", "/~x"}) {
        INFO(text);
        CHECK(parse_all_ways(target(text)).fault == 0);
    }
}

TEST_CASE("limits have their own statuses") {
    HttpLimits limits;
    limits.target = 100;
    limits.head = 300;
    limits.fields = 5;
    limits.body = 10;
    CHECK(parse_all_ways(target("/" + std::string(101, 'a')), limits).fault == 414);
    CHECK(parse_all_ways("GET /" + std::string(400, 'a'), limits).fault == 414);
    CHECK(parse_all_ways(get("X: " + std::string(300, 'a') + "\r\n"), limits).fault == 431);
    CHECK(parse_all_ways("GET / HTTP/1.1\r\nX: " + std::string(300, 'a'), limits).fault == 431);
    CHECK(parse_all_ways(get("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n"), limits).fault == 0);
    CHECK(parse_all_ways(get("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n"), limits).fault == 431);
    CHECK(parse_all_ways(post("Content-Length: 10\r\n", "0123456789"), limits).fault == 0);
    CHECK(parse_all_ways(post("Content-Length: 11\r\n", ""), limits).fault == 413);
    CHECK(parse_all_ways(post("Transfer-Encoding: chunked\r\n", "a\r\n0123456789\r\n1\r\n"), limits).fault == 413);
}

TEST_CASE("what is not implemented says so") {
    CHECK(parse_all_ways("GET / HTTP/2.0\r\nHost: a\r\n\r\n").fault == 505);
    CHECK(parse_all_ways(post("Transfer-Encoding: gzip, chunked\r\n", "")).fault == 501);
    CHECK(parse_all_ways(post("Transfer-Encoding: identity\r\n", "")).fault == 501);
    CHECK(parse_all_ways(post("Transfer-Encoding: chunked \x0b\r\n", "")).fault == 400);
    CHECK(parse_all_ways(get("Expect: tea\r\n")).fault == 417);
}

TEST_CASE("chunked bodies are put together") {
    const std::string field = "Transfer-Encoding: Chunked\r\n";
    CHECK(parse_all_ways(post(field, "0\r\n\r\n")).request.body.empty());
    CHECK(parse_all_ways(post(field, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")).request.body == "hello world");
    CHECK(parse_all_ways(post(field, "00A;x=\"y\";z\r\n0123456789\r\n0\r\nTrailer: x\r\nB: \r\n\r\n")).request.body ==
          "0123456789");
}

TEST_CASE("badly framed chunks are refused with 400") {
    for (const std::string body : {"\r\n", "x\r\n", "-1\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "0x1\r\n", "1\na\n",
                                   "1\r\nab", "1\r\na\n", "1\r\na\rx", "000000001\r\n", "fffffffff\r\n", ";\r\n",
                                   "1;\n", "1;\x01\r\n", "0\r\n\n", "0\r\nX\n", "0\r\n X: y\r\n\r\n", "0\r\nX\rY"}) {
        INFO(body);
        CHECK(parse_all_ways(post("Transfer-Encoding: chunked\r\n", body)).fault == 400);
    }
    const std::string flood = "1;" + std::string(5000, 'x');
    CHECK(parse_all_ways(post("Transfer-Encoding: chunked\r\n", flood)).fault == 400);
}

TEST_CASE("Connection, Upgrade and Expect are lists and words, whatever their case") {
    CHECK(parse_all_ways(get("Connection: foo, CLOSE\r\n")).head.close);
    CHECK_FALSE(parse_all_ways(get("Connection: closed\r\n")).head.close);
    CHECK(parse_all_ways(get("Connection: keep-alive, upgrade\r\nUpgrade: h2c, WebSocket\r\n")).head.upgrade_websocket);
    CHECK_FALSE(parse_all_ways(get("Upgrade: websocket\r\n")).head.upgrade_websocket);
    CHECK(parse_all_ways(get("Expect: 100-Continue\r\n")).head.expects_continue);
}

TEST_CASE("HTTP/1.0 is served, one request a connection, Host or not") {
    const Parsed parsed = parse_all_ways("GET / HTTP/1.0\r\n\r\n");
    CHECK(parsed.fault == 0);
    CHECK(parsed.head.close);
    CHECK(parse_all_ways("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n").fault == 400);
}

TEST_CASE("one empty line before a request is passed over") {
    CHECK(parse_all_ways("\r\n" + get("")).fault == 0);
}

}  // namespace televisit::net
