#pragma once
/// Writes down what each connection is told, as short lines.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "televisit/sdk/consultations.hpp"

namespace televisit::consult::tests {

class Recorder final : public RoomListener {
  public:
    void relayed(To to, std::string_view event, std::span<const std::string_view> payload,
                 std::span<const std::string_view> attachments) override {
        std::string line(event);
        line += ' ';
        for (const auto piece : payload) line.append(piece);
        for (const auto attachment : attachments) line.append(" +").append(attachment);
        note(to, line);
    }
    void user_joined(To to, const Member& member) override { note(to, "joined " + member.user.str()); }
    void user_left(To to, const Member& member, LeaveReason reason) override {
        note(to, "left " + member.user.str() + ' ' + std::string(to_string(reason)));
    }
    void user_interrupted(To to, const Member& member, std::chrono::milliseconds) override {
        note(to, "interrupted " + member.user.str());
    }
    void user_resumed(To to, const Member& member) override { note(to, "resumed " + member.user.str()); }
    void room_state(To to, const RoomId&, std::span<const Member>) override { note(to, "room_state"); }
    void session_expiring(To to, std::chrono::seconds left) override {
        note(to, "expiring " + std::to_string(left.count()));
    }
    void session_ended(To to, const SessionId&, std::string_view reason) override {
        note(to, "ended " + std::string(reason));
    }
    void ice_servers(To to, const IceServers&) override { note(to, "ice"); }
    void seat_lost(ConnectionKey connection, SeatLoss loss) override {
        const ConnectionKey to[] = {connection};
        note(to, "lost " + std::string(to_string(loss)));
    }

    /// What that connection was told since the last time it was asked.
    std::vector<std::string> take(std::uint64_t connection) {
        const std::lock_guard lock(mutex_);
        return std::exchange(told_[connection], {});
    }

  private:
    void note(To to, const std::string& line) {
        const std::lock_guard lock(mutex_);
        for (const auto connection : to) told_[connection.value].push_back(line);
    }

    std::mutex mutex_;
    std::map<std::uint64_t, std::vector<std::string>> told_;  // guarded by mutex_
};

}  // namespace televisit::consult::tests
