#pragma once
/// The plugin on a fake host, and short ways to send it requests.

#include <catch2/catch.hpp>
#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>

#include "rest_api.hpp"
#include "scripted_consultations.hpp"
#include "televisit/testkit/fake_host.hpp"

namespace televisit::rest_api::testing {

inline const std::string kSession = "/api/video/sessions/" + full_session().id.str();

inline std::string header_of(const HttpResponse& response, std::string_view name) {
    for (const auto& header : response.headers)
        if (detail::equal_ignoring_case(header.name, name)) return header.value;
    return {};
}

class RestFixture {
  public:
    RestFixture() : host({{"max_depth", 16}}), plugin(host) {
        host.domain = &kernel;
        REQUIRE(plugin.start(host.context()));
    }

    static HttpRequest request(HttpMethod method, const std::string& target, std::string body = {}) {
        HttpRequest request;
        request.method = method;
        const auto question = std::min(target.find('?'), target.size());
        request.path = target.substr(0, question);
        request.raw_query = question < target.size() ? target.substr(question + 1) : "";
        request.headers = {{"Authorization", "Bearer some-token"}};
        if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
        request.body = std::move(body);
        request.remote_address = "203.0.113.9";
        request.origin = "https://visits.example";
        return request;
    }
    HttpResponse send(HttpRequest request) { return host.router.send(std::move(request)); }
    HttpResponse get(const std::string& target) { return send(request(HttpMethod::get, target)); }
    HttpResponse post(const std::string& target, std::string body = {}) {
        return send(request(HttpMethod::post, target, std::move(body)));
    }

    ScriptedConsultations kernel;
    testkit::FakeHost host;
    RestApi plugin;
};

/// Whether a body holds that piece; the body is shown when a check fails.
inline bool has(const HttpResponse& response, std::string_view piece) {
    UNSCOPED_INFO(response.body);
    return response.body.find(piece) != std::string::npos;
}

}  // namespace televisit::rest_api::testing
