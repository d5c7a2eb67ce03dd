#pragma once
/// The contract of docs/protocol.md, "Presence", "States" and "Relaying", as plain state: written from the contract
/// alone, for a world in which nothing fails and every step has settled before the next. Of each step it foretells the
/// answer, and every event at every connection.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "history.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::model {

class Oracle {
  public:
    struct Rules {
        int max_participants = 2;
        std::chrono::seconds grace{15};
        std::chrono::seconds empty_room{60};
        Instant opens{};
        Instant closes{};
    };
    /// Whether that person is still in the room, or the session is still going on, when the contract leaves a moment's
    /// play to the clock.
    struct Observed {
        std::function<bool(std::size_t person)> present;
        std::function<bool()> over;
    };
    struct Relayed {
        bool to_all_others = true;
        bool to_sender = false;
        std::optional<std::string> target{};  ///< a user; for offers and answers
        bool is_description = false;
        std::string line{};
    };

    explicit Oracle(Rules rules) : rules_(rules) {}
    void name(std::size_t person, std::string user) { people_[person].user = std::move(user); }

    std::string join(std::size_t person, Instant now);
    /// The answer; `participants` are then in `roster()`.
    std::string enter(std::uint64_t connection, std::size_t person, std::size_t slot, std::int64_t token, Instant now);
    void open(std::uint64_t connection);
    void leave(std::uint64_t connection, Instant now);
    void drop(std::uint64_t connection, Instant now);
    std::string rest_leave(std::size_t person, Instant now);
    void revoke(std::size_t person, Instant now);
    std::string kick(std::size_t person, Instant now);
    std::string end(Instant now);
    std::string cancel(Instant now);
    std::string relay(std::uint64_t connection, const Relayed& relayed);
    void media(std::uint64_t connection, int which, bool enabled);
    void kill(std::size_t slot, Instant from, Instant to);
    /// It is `now`: what was due has happened.
    void pass(Instant now, const Observed& observed);

    /// "user state audio video screen", sorted.
    std::vector<std::string> roster() const;
    bool present(std::size_t person) const { return people_[person].in; }
    SessionStatus status() const { return status_; }
    /// What that connection is to be told since the last time it was asked.
    std::vector<std::string> take(std::uint64_t connection);
    std::int64_t used_hundredths() const;
    int took_part() const;

  private:
    struct Person {
        std::string user{};
        bool principal = false;
        std::int64_t tokens = 0;  ///< joins so far
        bool revoked = false;
        bool voided = false;  ///< kicked since the last join
        bool in = false;
        bool ever_in = false;
        bool interrupted = false;
        std::int64_t stay_token = 0;
        std::uint64_t connection = 0;  ///< 0: none
        std::size_t slot = 0;
        Instant left_from{};  ///< when interrupted: its grace ends between
        Instant left_to{};
        std::array<bool, 3> sends{true, true, false};
    };
    struct Ear {
        std::size_t person = 0;
        bool open = false;
        bool seated = false;
        std::vector<std::string> held{};
        std::vector<std::string> told{};
    };

    bool over() const { return status_ != SessionStatus::scheduled && status_ != SessionStatus::active; }
    std::optional<std::string> shut(Instant now) const;
    bool has_seat(std::size_t person) const;
    bool empty() const;
    void tell(std::size_t about, const std::string& line);
    void tell_one(std::uint64_t connection, const std::string& line);
    void unseat(std::uint64_t connection);
    void put_out(std::size_t person, const std::string& reason, Instant now);
    void take_out(std::size_t person, const std::string& reason, Instant now);
    void bring_in(std::size_t person, std::int64_t token, Instant now);
    void finish(SessionStatus status, const std::string& reason, Instant now);

    Rules rules_;
    std::array<Person, kPeople> people_{};
    std::map<std::uint64_t, Ear> ears_{};
    SessionStatus status_ = SessionStatus::scheduled;
    bool together_ = false;
    std::optional<Instant> first_in_{};
    std::optional<Instant> last_out_{};
    std::optional<Instant> empty_since_{};  ///< the earliest that it can be
    Instant empty_for_sure_{};              ///< and the latest
};

}  // namespace televisit::model
