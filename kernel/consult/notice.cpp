#include "consult/notice.hpp"

namespace televisit::consult {
namespace {

struct Deliver {
    RoomListener::To to;
    RoomListener& listener;

    void operator()(const RelayedNotice& notice) const {
        const std::string_view payload[] = {notice.payload};
        const std::vector<std::string_view> attachments(notice.attachments.begin(), notice.attachments.end());
        listener.relayed(to, notice.event, payload, attachments);
    }
    void operator()(const JoinedNotice& notice) const { listener.user_joined(to, notice.member); }
    void operator()(const LeftNotice& notice) const { listener.user_left(to, notice.member, notice.reason); }
    void operator()(const InterruptedNotice& notice) const {
        listener.user_interrupted(to, notice.member, notice.grace);
    }
    void operator()(const ResumedNotice& notice) const { listener.user_resumed(to, notice.member); }
    void operator()(const ExpiringNotice& notice) const { listener.session_expiring(to, notice.left); }
    void operator()(const EndedNotice& notice) const { listener.session_ended(to, notice.session, notice.reason); }
    void operator()(const IceNotice& notice) const { listener.ice_servers(to, notice.servers); }
    void operator()(const SeatLostNotice& notice) const {
        for (const auto connection : to) listener.seat_lost(connection, notice.loss);
    }
};

}  // namespace

std::size_t weight(const NoticeContent& content) {
    std::size_t bytes = sizeof(Notice);
    if (const auto* relayed = std::get_if<RelayedNotice>(&content)) {
        bytes += relayed->event.size() + relayed->payload.size();
        for (const auto& attachment : relayed->attachments) bytes += attachment.size();
    }
    if (const auto* ice = std::get_if<IceNotice>(&content))
        for (const auto& server : ice->servers.servers) {
            bytes += sizeof server + server.username.size() + server.credential.size();
            for (const auto& url : server.urls) bytes += sizeof url + url.size();
        }
    return bytes;
}

void deliver(const Notice& notice, RoomListener& listener) {
    std::visit(Deliver{notice.to, listener}, notice.content);
}

}  // namespace televisit::consult
