#include "net/problem.hpp"

#include <array>

namespace televisit::net {
namespace {

void append_quoted(std::string& out, std::string_view text) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
            out.push_back(kHex[c & 0x0f]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out.push_back(',');
    append_quoted(out, name);
    out.push_back(':');
    append_quoted(out, text);
}

std::string begin_body(int status, std::string_view code, std::string_view detail) {
    std::string body = R"({"type":"about:blank")";
    append_member(body, "title", reason_phrase(status));
    body += ",\"status\":" + std::to_string(status);
    if (!detail.empty()) append_member(body, "detail", detail);
    append_member(body, "code", code);
    return body;
}

HttpResponse finish(int status, std::string body, std::chrono::seconds retry_after) {
    body.push_back('}');
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
    if (status == 429 || status == 503)
        response.headers.push_back({"Retry-After", std::to_string(retry_after.count())});
    response.body = std::move(body);
    return response;
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
    switch (status) {
        case 100:
            return "Continue";
        case 101:
            return "Switching Protocols";
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 426:
            return "Upgrade Required";
        case 428:
            return "Precondition Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return {};
    }
}

HttpResponse problem(int status, std::string_view code, std::string_view detail) {
    return finish(status, begin_body(status, code, detail), std::chrono::seconds(1));
}

HttpResponse problem(const HttpFault& fault) {
    HttpResponse response = problem(fault.status, fault.code, fault.detail);
    if (fault.status == 426) {
        response.headers.push_back({"Upgrade", "websocket"});
        response.headers.push_back({"Sec-WebSocket-Version", "13"});
    }
    return response;
}

HttpResponse problem(const Error& error) {
    const int status = status_of(error.code);
    std::string body = begin_body(status, error.name(), error.message);
    if (!error.fields.empty()) {
        body += ",\"errors\":[";
        for (const FieldError& field : error.fields) {
            if (body.back() != '[') body.push_back(',');
            body += "{\"pointer\":";
            append_quoted(body, field.pointer);
            append_member(body, "code", field.code);
            append_member(body, "detail", field.message);
            body.push_back('}');
        }
        body.push_back(']');
    }
    for (const auto& [name, json] : error.members) {
        body.push_back(',');
        append_quoted(body, name);
        body += ":" + json;
    }
    HttpResponse response = finish(status, std::move(body), error.retry_after.value_or(std::chrono::seconds(1)));
    if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return response;
}

}  // namespace televisit::net
