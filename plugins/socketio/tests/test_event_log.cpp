#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sockets/event_log.hpp"

using namespace televisit;
using namespace televisit::socketio;

namespace {

constexpr EventLogLimits kAmple{10'000, 10'000, 1'000};

void add(EventLog& log, std::string_view text, const EventLogLimits& limits = kAmple) {
    log.append({&text, 1}, {}, limits);
}

std::vector<std::string> after(const EventLog& log, std::uint64_t number) {
    std::vector<std::string> all;
    log.replay(number, [&](MessageKind kind, std::string_view data) {
        all.push_back(kind == MessageKind::text ? std::string(data) : "<" + std::string(data) + ">");
    });
    return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an event log gives back what came after a number, in order and with its attachments") {
    EventLog log(7);
    add(log, "eight");
    const std::string_view pieces[] = {"ni", "ne"};
    const std::string_view attachments[] = {"a", "b"};
    log.append(pieces, attachments, kAmple);
    add(log, "ten");
    CHECK(after(log, 7) == Texts{"eight", "nine", "<a>", "<b>", "ten"});
    CHECK(after(log, 8) == Texts{"nine", "<a>", "<b>", "ten"});
    CHECK(after(log, 10).empty());
    CHECK(log.last() == 10);
}

TEST_CASE("an event log knows what it does not have") {
    EventLog log(7);
    add(log, "eight");
    CHECK_FALSE(log.covers(6));
    CHECK(log.covers(7));
    CHECK(log.covers(8));
    CHECK_FALSE(log.covers(9));
}

TEST_CASE("an event log keeps to its bytes and to its number of events, and half of them are always there") {
    for (const EventLogLimits limits : {EventLogLimits{140, 140, 1'000}, EventLogLimits{10'000, 10'000, 10}}) {
        EventLog log(0);
        for (int i = 1; i <= 100; ++i) {
            add(log, "0123456789", limits);
            const auto last = static_cast<std::uint64_t>(i);
            if (i >= 5) CHECK(log.covers(last - 5));
            if (i > 10) CHECK_FALSE(log.covers(last - 11));
        }
        CHECK(after(log, 95).size() == 5);
    }
}

TEST_CASE("an event beyond the limits is not kept, nor is anything before it") {
    const EventLogLimits limits{50, 50, 10};
    EventLog log(0);
    add(log, "first", limits);
    add(log, std::string(47, 'x'), limits);
    CHECK(log.empty());
    CHECK_FALSE(log.covers(0));
    CHECK_FALSE(log.covers(1));
    CHECK(log.covers(2));
    add(log, "third", limits);
    CHECK(after(log, 2) == Texts{"third"});
}

TEST_CASE("one large event makes way for those behind it within the limits") {
    const EventLogLimits limits{100, 100, 100};
    EventLog log(0);
    add(log, std::string(90, 'x'), limits);
    CHECK(log.covers(0));
    add(log, "0123456789", limits);
    CHECK_FALSE(log.covers(0));
    CHECK(after(log, 1) == Texts{"0123456789"});
}

TEST_CASE("an event log forgets what has arrived") {
    const EventLogLimits limits{10'000, 10'000, 4};
    EventLog log(0);
    for (const auto* text : {"one", "two", "three"}) add(log, text, limits);
    log.forget(1);
    CHECK(log.covers(1));
    CHECK(after(log, 1) == Texts{"two", "three"});
    log.forget(2);
    CHECK_FALSE(log.covers(1));
    CHECK(after(log, 2) == Texts{"three"});
    log.forget(3);
    CHECK(log.empty());
    CHECK(log.covers(3));
    add(log, "four", limits);
    CHECK(after(log, 3) == Texts{"four"});
}

TEST_CASE("a single event may be larger than the tail, and those behind it keep to it again") {
    const EventLogLimits limits{1'000, 100, 100};
    EventLog log(0);
    add(log, std::string(500, 'x'), limits);
    CHECK(log.covers(0));
    add(log, "two", limits);
    CHECK(log.covers(0));
    for (int i = 3; i <= 20; ++i) add(log, "0123456789", limits);
    CHECK_FALSE(log.covers(10));
    CHECK(log.covers(17));
}

TEST_CASE("an event log says where the packet is that it keeps") {
    EventLog log(0);
    const std::string_view pieces[] = {"ni", "ne"};
    const std::string_view attachment = "raw";
    CHECK(log.append(pieces, {&attachment, 1}, kAmple) == "nine");
}
