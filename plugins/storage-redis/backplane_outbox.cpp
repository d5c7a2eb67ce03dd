#include "backplane_outbox.hpp"

#include <utility>

namespace televisit::storage_redis {

bool BackplaneOutbox::add(std::string command) {
    if (commands_.size() >= limits_.messages || bytes_ + command.size() > limits_.bytes) return false;
    bytes_ += command.size();
    commands_.push_back(std::move(command));
    return true;
}

std::size_t BackplaneOutbox::send(std::string& out, std::size_t until) {
    const auto before = sent_;
    for (; has_unsent() && out.size() < until; ++sent_) out += commands_[sent_];
    return sent_ - before;
}

void BackplaneOutbox::answered() {
    if (sent_ == 0) return;
    bytes_ -= commands_.front().size();
    commands_.pop_front();
    --sent_;
}

std::size_t BackplaneOutbox::begin_again() {
    return std::exchange(sent_, 0);
}

}  // namespace televisit::storage_redis
