#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>

#include "metrics_page.hpp"
#include "process_figures.hpp"
#include "televisit/testkit/fake_host.hpp"
#include "text_format.hpp"

using namespace televisit;
using metrics::MetricsPage;
using testkit::FakeHost;

namespace {

double figure(const std::string& name) {
    for (const auto& family : metrics::process_figures())
        if (family.name == name) return family.samples.at(0).value;
    FAIL("no figure " << name);
    return 0;
}

HttpResponse page_of(FakeHost& host, MetricsPage& page) {
    host.server_status.version = "1.2.3";
    REQUIRE(page.start(host.context()));
    HttpRequest request;
    request.path = "/metrics";
    request.listener = ListenerKind::admin_listener;
    return host.router.send(request);
}

/// What promtool says of a page; empty when it has nothing to say.
std::string promtool_complaints(const std::string& text) {
    std::string name = "/tmp/televisit-metrics-XXXXXX";
    const int file = ::mkstemp(name.data());
    REQUIRE(file >= 0);
    REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(file);
    FILE* output = ::popen(("promtool check metrics < " + name + " 2>&1").c_str(), "r");
    std::string complaints;
    for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output)) complaints.push_back(static_cast<char>(c));
    const int status = ::pclose(output);
    std::remove(name.c_str());
    return status == 0 ? complaints : complaints + " status " + std::to_string(status);
}

}  // namespace

TEST_CASE("the page is on the admin listener alone") {
    FakeHost host({{"path", "/metrics"}});
    MetricsPage page(host);
    REQUIRE(page.start(host.context()));
    const auto routes = host.router.routes();
    REQUIRE(routes.size() == 1);
    CHECK(routes[0].pattern == "/metrics");
    CHECK(routes[0].on_admin);
    CHECK_FALSE(routes[0].on_public);
}

TEST_CASE("the page holds the registry's figures, the build and the process") {
    FakeHost host({{"path", "/metrics"}});
    MetricsPage page(host);
    host.registry.counter("televisit_things_total", "Things.", {{"kind", "a"}}).add(7);
    const auto answer = page_of(host, page);
    CHECK(answer.status == 200);
    CHECK(answer.headers.at(0).value == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(answer.body.find("televisit_things_total{kind=\"a\"} 7\n") != std::string::npos);
    CHECK(answer.body.find("televisit_build_info{version=\"1.2.3\"} 1\n") != std::string::npos);
    CHECK(answer.body.find("\nprocess_resident_memory_bytes ") != std::string::npos);
}

TEST_CASE("promtool has nothing to say against the page") {
    FakeHost host({{"path", "/metrics"}});
    MetricsPage page(host);
    host.registry.counter("televisit_things_total", "Things.", {{"kind", "a\"b\n"}}).add(7);
    host.registry.gauge("televisit_rooms", "Rooms.").set(2);
    host.registry.histogram("televisit_wait_seconds", "Waits.", {0.1, 1}).observe(0.5);
    CHECK(promtool_complaints(page_of(host, page).body).empty());
}

TEST_CASE("promtool does complain about a page that breaks its rules") {
    CHECK_FALSE(
        promtool_complaints(metrics::to_text({{"things", "Things.", MetricKind::counter, {{{}, 1, 0, {}}}}})).empty());
}

TEST_CASE("the process figures are those of this process") {
    CHECK(figure("process_open_fds") >= 3);
    CHECK(figure("process_open_fds") < figure("process_max_fds"));
    CHECK(figure("process_threads") >= 1);
    CHECK(figure("process_resident_memory_bytes") > 1e6);
    CHECK(figure("process_virtual_memory_bytes") > figure("process_resident_memory_bytes"));
    const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    CHECK(figure("process_start_time_seconds") > 1.7e9);
    CHECK(figure("process_start_time_seconds") < now + 5);
    const auto before = figure("process_cpu_seconds_total");
    CHECK(figure("process_cpu_seconds_total") >= before);
}
