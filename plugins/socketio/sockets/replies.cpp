#include "sockets/replies.hpp"

#include <string>
#include <utility>
#include <vector>

#include "sockets/emission.hpp"
#include "sockets/socket.hpp"

namespace televisit::socketio {

AckReply::AckReply(std::shared_ptr<SocketLoop> home, SocketKey key, std::uint64_t id)
    : home_(std::move(home)), key_(key), id_(id) {}

void AckReply::respond(std::span<const std::string_view> args, std::span<const std::string_view> attachments) {
    if (answered_.exchange(true)) return;
    if (home_->gate().is_current(home_->id())) {
        if (Socket* const socket = home_->find(key_)) socket->answer(id_, args, attachments);
        return;
    }
    home_->hand_over(
        [key = key_, id = id_, args = copies_of(args), attachments = copies_of(attachments)](SocketLoop& home) {
            if (Socket* const socket = home.find(key)) socket->answer(id, views_of(args), views_of(attachments));
        },
        nullptr);
}

/// Always on a later turn, also from the loop itself: whoever lets go is in the middle of something.
SocketHold::~SocketHold() {
    home_->hand_over(
        [key = key_](SocketLoop& home) {
            if (Socket* const socket = home.find(key)) socket->release();
        },
        nullptr);
}

}  // namespace televisit::socketio
