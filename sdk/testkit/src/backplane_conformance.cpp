#include "televisit/testkit/backplane_conformance.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "in_parallel.hpp"

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

/// Keeps what it hears, and lets a test wait for it.
class Listener final : public BackplaneListener {
  public:
    void on_message(const BackplaneMessage& message) override {
        const std::lock_guard lock(mutex_);
        heard_.push_back(message);
        changed_.notify_all();
    }
    void on_link(bool up) override {
        const std::lock_guard lock(mutex_);
        links_.push_back(up);
        changed_.notify_all();
    }

    bool wait_for(std::size_t count, BackplaneSubject& subject) {
        subject.deliver();
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, subject.patience(), [&] { return heard_.size() >= count; });
    }
    /// Waits to be told so of the link, after the news that it had before.
    bool wait_for_link(bool up, std::size_t after, BackplaneSubject& subject) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, subject.patience(),
                                 [&] { return links_.size() > after && links_.back() == up; });
    }
    std::size_t link_news() {
        const std::lock_guard lock(mutex_);
        return links_.size();
    }
    std::vector<BackplaneMessage> heard() {
        const std::lock_guard lock(mutex_);
        return heard_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<BackplaneMessage> heard_;  // guarded by mutex_, as below
    std::vector<bool> links_;
};

/// Listens on every node, and stops in the end.
class Listening {
  public:
    explicit Listening(BackplaneSubject& subject) : subject_(subject), listeners_(subject.nodes()) {
        for (std::size_t i = 0; i < listeners_.size(); ++i) subject_.node(i).set_listener(&listeners_[i]);
    }
    ~Listening() {
        for (std::size_t i = 0; i < listeners_.size(); ++i) subject_.node(i).set_listener(nullptr);
    }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    Listener& operator[](std::size_t index) { return listeners_[index]; }
    void subscribe(const std::string& room, Findings& findings) {
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            findings.expect(subject_.node(i).subscribe(RoomId(room), subject_.context()).ok(), "subscribe answers");
    }

  private:
    BackplaneSubject& subject_;
    std::vector<Listener> listeners_;
};

BackplaneMessage message(const std::string& room, std::uint64_t number, std::string payload) {
    return {RoomId(room), NodeId("n-1"), number, std::move(payload)};
}

void arrives_whole(BackplaneSubject& subject, Findings& findings) {
    Listening listening(subject);
    listening.subscribe("r", findings);
    std::string every_byte;
    for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
    for (const auto& payload : {every_byte, std::string{}, std::string(1'000'000, 'x')})
        findings.expect(subject.node(0).publish(message("r", payload.size(), payload)).ok(), "publish answers");
    for (std::size_t i = 0; i < subject.nodes(); ++i) {
        if (!findings.expect(listening[i].wait_for(3, subject), "what is published arrives everywhere")) return;
        const auto heard = listening[i].heard();
        findings.expect(
            heard[0].payload == every_byte && heard[1].payload.empty() && heard[2].payload.size() == 1'000'000,
            "payloads arrive byte for byte");
        findings.expect(heard[0].room.str() == "r" && heard[0].sender.str() == "n-1" && heard[0].number == 256,
                        "messages keep room, sender and number");
    }
}

void arrives_in_order(BackplaneSubject& subject, Findings& findings) {
    Listening listening(subject);
    listening.subscribe("r", findings);
    constexpr std::size_t kCount = 500;
    for (std::size_t i = 0; i < kCount; ++i)
        findings.expect(subject.node(0).publish(message("r", i + 1, "x")).ok(), "publish answers");
    for (std::size_t node = 0; node < subject.nodes(); ++node) {
        if (!findings.expect(listening[node].wait_for(kCount, subject), "every message arrives")) return;
        const auto heard = listening[node].heard();
        bool ordered = heard.size() == kCount;
        for (std::size_t i = 0; ordered && i < kCount; ++i) ordered = heard[i].number == i + 1;
        findings.expect(ordered, "messages of one node arrive in their order, each once, the publisher included");
    }
}

void only_to_subscribers(BackplaneSubject& subject, Findings& findings) {
    Listening listening(subject);
    listening.subscribe("r", findings);
    findings.expect(subject.node(0).publish(message("other", 1, "x")).ok(), "publish to an unknown room answers");
    findings.expect(subject.node(0).publish(message("r", 2, "x")).ok(), "publish answers");
    if (!findings.expect(listening[0].wait_for(1, subject), "what is published arrives")) return;
    findings.expect(listening[0].heard().size() == 1 && listening[0].heard()[0].number == 2,
                    "what is published to other rooms does not arrive");
    findings.expect(subject.node(0).unsubscribe(RoomId("r"), subject.context()).ok(), "unsubscribe answers");
    findings.expect(subject.node(0).subscribe(RoomId("s"), subject.context()).ok(), "subscribe answers");
    (void)subject.node(0).publish(message("r", 3, "x")).ok();
    findings.expect(subject.node(0).publish(message("s", 4, "x")).ok(), "publish answers");
    if (!findings.expect(listening[0].wait_for(2, subject), "what is published arrives")) return;
    findings.expect(listening[0].heard()[1].number == 4, "after unsubscribe nothing arrives");
}

void silent_without_listener(BackplaneSubject& subject, Findings& findings) {
    Listener listener;
    subject.node(0).set_listener(&listener);
    findings.expect(subject.node(0).subscribe(RoomId("r"), subject.context()).ok(), "subscribe answers");
    for (std::uint64_t i = 1; i <= 50; ++i) (void)subject.node(0).publish(message("r", i, "x")).ok();
    subject.node(0).set_listener(nullptr);
    const auto before = listener.heard().size();
    subject.deliver();
    Listener next;
    subject.node(0).set_listener(&next);
    findings.expect(subject.node(0).publish(message("r", 51, "last")).ok(), "publish answers");
    while (next.wait_for(1, subject) && next.heard().back().number != 51) subject.deliver();
    subject.node(0).set_listener(nullptr);
    findings.expect(listener.heard().size() == before, "a listener that was taken off is not called any more");
}

void senders_at_once(BackplaneSubject& subject, Findings& findings) {
    constexpr int kSenders = 6;
    constexpr std::uint64_t kEach = 100;
    Listening listening(subject);
    listening.subscribe("r", findings);
    std::atomic<int> failed{0};
    in_parallel(kSenders, [&](int i) {
        auto& node = subject.node(static_cast<std::size_t>(i) % subject.nodes());
        for (std::uint64_t number = 1; number <= kEach; ++number)
            if (!node.publish({RoomId("r"), NodeId("n-" + std::to_string(i)), number, "x"}).ok()) ++failed;
    });
    findings.expect(failed == 0, "publishing at once answers");
    for (std::size_t node = 0; node < subject.nodes(); ++node) {
        if (!findings.expect(listening[node].wait_for(kSenders * kEach, subject), "every message arrives")) return;
        std::map<std::string, std::uint64_t> last;
        bool ordered = true;
        for (const auto& message : listening[node].heard())
            ordered = message.number == ++last[message.sender.str()] && ordered;
        findings.expect(ordered && last.size() == kSenders, "each sender's messages arrive in their order, each once");
    }
}

void twice_is_once(BackplaneSubject& subject, Findings& findings) {
    Listening listening(subject);
    findings.expect(subject.node(0).unsubscribe(RoomId("r"), subject.context()).ok(),
                    "unsubscribe from a room never subscribed to answers");
    listening.subscribe("r", findings);
    listening.subscribe("r", findings);
    findings.expect(subject.node(0).publish(message("r", 1, "x")).ok(), "publish answers");
    findings.expect(subject.node(0).publish(message("r", 2, "x")).ok(), "publish answers");
    for (std::size_t node = 0; node < subject.nodes(); ++node) {
        if (!findings.expect(listening[node].wait_for(2, subject), "what is published arrives")) return;
        const auto heard = listening[node].heard();
        findings.expect(heard.size() == 2 && heard[1].number == 2, "who subscribes twice hears once");
    }
    for (int twice = 0; twice < 2; ++twice)
        findings.expect(subject.node(0).unsubscribe(RoomId("r"), subject.context()).ok(), "unsubscribe answers");
    findings.expect(subject.node(0).subscribe(RoomId("end"), subject.context()).ok(), "subscribe answers");
    (void)subject.node(0).publish(message("r", 3, "x")).ok();
    findings.expect(subject.node(0).publish(message("end", 4, "x")).ok(), "publish answers");
    if (!findings.expect(listening[0].wait_for(3, subject), "what is published arrives")) return;
    findings.expect(listening[0].heard()[2].number == 4, "one unsubscribe is enough");
}

void rooms_byte_by_byte(BackplaneSubject& subject, Findings& findings) {
    const std::vector<std::string> heard_of{"r*",  "R",        "r ",   std::string("r\0s", 3),
                                            "[r]", "\xc3\xa9", "\xff", "'r'\r\n"};
    const std::vector<std::string> others{"r",    "rx", std::string("r\0", 2), std::string("r\0t", 3), "e\xcc\x81",
                                          "\xfe", "'r'"};
    Listening listening(subject);
    for (const auto& room : heard_of) listening.subscribe(room, findings);
    for (const auto& room : others) (void)subject.node(0).publish(message(room, 1, room)).ok();
    for (const auto& room : heard_of)
        findings.expect(subject.node(0).publish(message(room, 2, room)).ok(), "publish to a room of any name answers");
    for (std::size_t node = 0; node < subject.nodes(); ++node) {
        if (!findings.expect(listening[node].wait_for(heard_of.size(), subject), "what is published arrives")) return;
        const auto heard = listening[node].heard();
        bool own = heard.size() == heard_of.size();
        for (const auto& one : heard) own = own && one.number == 2 && one.payload == one.room.view();
        findings.expect(own, "rooms are kept apart, byte by byte");
    }
}

void broken_link(BackplaneSubject& subject, Findings& findings) {
    Listening listening(subject);
    listening.subscribe("r", findings);
    auto& node = subject.node(0);
    auto& listener = listening[0];
    if (!subject.break_link(0)) return;
    if (!findings.expect(listener.wait_for_link(false, 0, subject), "a broken link is told")) return;
    findings.expect(!node.publish(message("r", 1, "lost")).ok(), "what cannot be sent is refused");
    const auto news = listener.link_news();
    subject.mend_link(0);
    if (!findings.expect(listener.wait_for_link(true, news, subject), "a mended link is told")) return;
    findings.expect(node.publish(message("r", 2, "x")).ok(), "publish answers when the link is mended");
    for (std::size_t i = 0; i < subject.nodes(); ++i) {
        if (!findings.expect(listening[i].wait_for(1, subject), "rooms are still subscribed to afterwards")) return;
        findings.expect(listening[i].heard()[0].number == 2, "what was refused does not come after all");
    }
}

}  // namespace

std::vector<ConformancePart<BackplaneSubject>> backplane_parts() {
    return {{"delivers what is published, byte for byte", arrives_whole},
            {"keeps the order of a publisher", arrives_in_order},
            {"delivers to rooms subscribed to only", only_to_subscribers},
            {"does not call a listener that was taken off", silent_without_listener},
            {"keeps the order of each of several senders at once", senders_at_once},
            {"takes a second subscription for the first", twice_is_once},
            {"keeps rooms apart, byte by byte", rooms_byte_by_byte},
            {"tells of a broken link, and goes on when it is mended", broken_link}};
}

}  // namespace televisit::testkit
