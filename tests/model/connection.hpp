#pragma once
/// What each connection is told, held against what may be told to anybody at any time, whatever else goes wrong.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "findings.hpp"
#include "history.hpp"
#include "televisit/sdk/consultations.hpp"

namespace televisit::model {

class Watch;

/// One socket of one person.
struct Connection {
    std::uint64_t number = 0;
    std::size_t person = 0;
    std::size_t slot = 0;
    const Watch* server = nullptr;
    std::int64_t token_number = 0;
    int attempt = 0;  ///< of its person to enter, in order
    std::unique_ptr<Seat> seat{};
    bool open = false;       ///< has sent its `joined_room`
    bool gone = false;       ///< has left, or was told that its place is gone
    bool dismissed = false;  ///< its person may have been put out: its place may be gone
    bool put_out = false;    ///< its person has been put out, as was acknowledged: its place is gone, or will be
    int seated_in_step = 0;
    std::optional<SeatLoss> lost{};
    bool loss_checked = false;
    bool found_full = false;  ///< when its seat was lost there was none for it
    std::optional<std::string> ended{};
    std::map<std::string, StayState> view{};  ///< the others, by user, as told
    std::vector<std::string> lines{};         ///< what it was told since the last look
    std::map<std::string, int> heard{};       ///< the last number of each sender's connection
    std::map<int, int> warnings{};
    int sent = 0;

    bool live() const { return seat && !gone; }
};

using Connections = std::map<std::uint64_t, Connection>;

/// The listener of one server.
class Watch final : public RoomListener {
  public:
    Watch(Connections& connections, Findings& findings) : connections_(connections), findings_(findings) {}
    bool alive = true;
    /// Whether there is a seat for that person at this moment.
    std::function<bool(std::size_t person)> has_seat{};

    void relayed(To to, std::string_view event, std::span<const std::string_view> payload,
                 std::span<const std::string_view> attachments) override;
    void user_joined(To to, const Member& member) override;
    void user_left(To to, const Member& member, LeaveReason reason) override;
    void user_interrupted(To to, const Member& member, std::chrono::milliseconds grace) override;
    void user_resumed(To to, const Member& member) override;
    void room_state(To to, const RoomId& room, std::span<const Member> members) override;
    void session_expiring(To to, std::chrono::seconds left) override;
    void session_ended(To to, const SessionId& session, std::string_view reason) override;
    void ice_servers(To to, const IceServers& servers) override;
    void seat_lost(ConnectionKey connection, SeatLoss loss) override;

  private:
    Connection* hears(ConnectionKey key, const std::string& line);
    template <class Then>
    void each(To to, const std::string& line, Then&& then) {
        if (!alive) return;
        for (const auto key : to)
            if (auto* connection = hears(key, line)) then(*connection);
    }

    Connections& connections_;
    Findings& findings_;
};

/// "c7": how findings name a connection.
std::string name_of(const Connection& connection);

}  // namespace televisit::model
