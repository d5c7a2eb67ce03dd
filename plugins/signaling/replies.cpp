#include "replies.hpp"

#include "messages.hpp"

namespace televisit::signaling {

namespace {

/// Codes come from the kernel's closed set; this is the bound should one ever not.
constexpr std::size_t kMaxCodes = 100;
/// Longer names of unknown events are not sent back.
constexpr std::size_t kMaxEventName = 64;

}  // namespace

void Replies::accept(AckResponder* ack) {
    static constexpr std::string_view kOk = R"({"ok":true})";
    if (ack != nullptr) ack->respond({&kOk, 1});
}

void Replies::refuse(SocketKey socket, std::string_view event, AckResponder* ack, const Error& error) {
    count(error.name());
    const std::string_view named = event.size() <= kMaxEventName ? event : std::string_view();
    const std::string message = error_message(error.message, error.name(), named);
    const std::string_view piece = message;
    sockets_.emit(socket, {.event = "error", .args = {&piece, 1}});
    if (ack == nullptr) return;
    const std::string answer = refusal_ack(error.message, error.name());
    const std::string_view answer_piece = answer;
    ack->respond({&answer_piece, 1});
}

void Replies::tell(SocketKey socket, std::string_view message, std::string_view code) {
    const std::string text = error_message(message, code, {});
    const std::string_view piece = text;
    sockets_.emit(socket, {.event = "error", .args = {&piece, 1}});
}

void Replies::count(std::string_view code) {
    Counter* counter = nullptr;
    {
        const std::lock_guard lock(mutex_);
        const auto found = counters_.find(code);
        if (found != counters_.end()) counter = found->second;
    }
    if (counter == nullptr) {
        const std::lock_guard lock(mutex_);
        const std::string label(counters_.size() < kMaxCodes ? code : std::string_view("other"));
        counter = &metrics_.counter("televisit_signaling_errors_total", "Events that were refused, by code.",
                                    {{"code", label}});
        counters_.emplace(label, counter);
    }
    counter->add();
}

}  // namespace televisit::signaling
