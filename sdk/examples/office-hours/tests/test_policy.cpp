#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include "policy.hpp"
#include "televisit/testkit/manual_clock.hpp"

using namespace televisit;
using namespace std::chrono_literals;

namespace {

Verdict verdict(office_hours::Policy policy, Role role, std::chrono::minutes time) {
    const testkit::ManualClock clock;
    AdmissionRequest request;
    request.identity.role = role;
    request.now = std::chrono::floor<std::chrono::days>(clock.now()) + time;
    const auto admission = policy.admit(request, {clock.steady_now() + 1s, RequestId{"test"}});
    REQUIRE(admission);
    return admission->verdict;
}

}  // namespace

TEST_CASE("patients join from opening to closing, doctors always") {
    const office_hours::Policy policy(8h, 18h);
    CHECK(verdict(policy, Role::patient, 8h) == Verdict::admit);
    CHECK(verdict(policy, Role::patient, 18h - 1min) == Verdict::admit);
    CHECK(verdict(policy, Role::patient, 18h) == Verdict::refuse);
    CHECK(verdict(policy, Role::patient, 8h - 1min) == Verdict::refuse);
    CHECK(verdict(policy, Role::doctor, 3h) == Verdict::admit);
}

TEST_CASE("hours may go over midnight") {
    const office_hours::Policy policy(22h, 6h);
    CHECK(verdict(policy, Role::patient, 23h) == Verdict::admit);
    CHECK(verdict(policy, Role::patient, 5h) == Verdict::admit);
    CHECK(verdict(policy, Role::patient, 12h) == Verdict::refuse);
}

TEST_CASE("a time of day is read in minutes") {
    CHECK(office_hours::parse_time_of_day("08:30") == 510min);
    CHECK(office_hours::parse_time_of_day("23:59") == 1439min);
}
