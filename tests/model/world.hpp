#pragma once
/// One history, played: servers on shared stores, people and their connections, and what is checked after each step.

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history.hpp"
#include "ledger.hpp"
#include "oracle.hpp"
#include "server.hpp"
#include "televisit/testkit/fake_host.hpp"

namespace televisit::model {

/// Ports that misbehave in a way no test has asked for: the model must notice each.
struct Flaws {
    BusFlaw bus = BusFlaw::none;
    PresenceFlaw presence = PresenceFlaw::none;
    bool trace = false;  ///< print what happens
};

/// "ok", or the name of the refusal.
inline std::string outcome_of(const Result<void>& result) {
    return result.ok() ? "ok" : std::string(result.error().name());
}

class World {
  public:
    World(const History& history, Flaws flaws);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Plays the steps at these places, then heals everything and brings the visit to its end. Stops at the first
    /// deviation.
    void play(const std::vector<std::size_t>& places);
    const Findings& findings() const { return findings_; }

  private:
    struct Person {
        Identity account{};        ///< of doctor and patient
        std::string invitation{};  ///< of the others: the token
        InvitationId invitation_id{};
        std::string user{};
        std::vector<JoinGrant> grants{};
        int attempts = 0;
        bool was_in = false;     ///< an entering was acknowledged
        bool may_be_in = false;  ///< or tried
        bool revoke_tried = false;
        bool kick_tried = false;
        int put_outs = 0;               ///< tried so far
        bool revoked = false;           ///< as was acknowledged
        std::int64_t voided_up_to = 0;  ///< access tokens that a kick has voided, as was acknowledged
    };

    // world.cpp: the course of time.
    void begin(const History& history);
    void prepare_people();
    Server* server(std::size_t slot);
    Server& raise(std::size_t slot);
    void settle();
    void look_at_clock() { furthest_ = std::max(furthest_, host_.manual_clock.now()); }
    void pass(int seconds, bool settled = true);
    bool calm() const { return history_.calm; }
    CallContext context() const;

    // actions.cpp: what people do, and how they come in.
    void act(const Step& step, std::size_t except_slot = kSlots);
    Result<Identity> identity(const Person& person, Server& at);
    std::string join(std::size_t person, Server& at);
    /// `grant` is a copy: what happens meanwhile may add to those of the person.
    void enter(std::size_t person, Server& at, JoinGrant grant, Connection* same);
    void open(Connection& connection);
    Connection* live_of(std::size_t person, std::size_t amount);

    // departures.cpp: how they leave, or are put out.
    void depart(Connection& connection, Kind how);
    void rest_leave(std::size_t person, Server& at);
    void revoke(std::size_t person, Server& at);
    void kick(std::size_t person, Server& at);
    /// Runs what puts somebody out. When it says that it has, whoever sat there before is out for good.
    std::string put_out(std::size_t person, const std::function<std::string()>& how);
    void end(Server& at, Kind how);

    // talking.cpp
    void relay(Connection& connection, const Step& step);
    void spoof(Connection& connection, const Step& step);
    void media(Connection& connection, const Step& step);
    std::vector<std::string> others_of(const Connection& connection) const;
    void check_relay_outcome(const Connection& connection, const std::string& outcome, const Relay& relay,
                             const std::vector<std::string>& others);

    // trouble.cpp: what goes wrong, and is mended.
    void trouble(const Step& step);
    void kill(std::size_t slot);
    void heal();
    void perform(const Step& step);
    void happens_meanwhile(std::string_view function, std::size_t slot);

    // checks.cpp: after each step.
    void expect_outcome(const std::string& what, const std::string& actual, const std::string& foretold);
    void expect_roster(const std::vector<std::string>& lines);
    void check_roster(const Entered& entered, const std::string& self);
    bool has_seat(std::size_t person);
    void refused_full(std::size_t person);
    void check_step(const std::string& what);
    void print_state(const std::string& what);
    void check_told(const std::string& what);
    void check_views();
    void check_losses();
    std::vector<Stay> truth();
    bool present_in_truth(std::size_t person);

    // endings.cpp: when everything has healed, and when the visit is over.
    bool is_out(Connection& connection);
    void converge();
    void check_converged();
    void finish();
    Happened happened() const;
    int check_attendees();

    const History& history_;
    Findings findings_;
    testkit::FakeHost host_;
    std::unique_ptr<Plugin> storage_;
    ProvidedPorts stores_;
    AuditedPresence presence_;
    Bus bus_;
    testkit::DeterministicSecrets secrets_;
    Connections connections_;
    Shared shared_;
    consult::Settings settings_;
    std::array<Person, kPeople> people_;
    std::vector<std::unique_ptr<Server>> servers_;  // the last one of each slot counts; earlier ones are dead
    SessionRecord session_;
    std::optional<Ledger> ledger_;
    std::optional<Oracle> oracle_;
    Instant closes_{};
    Instant furthest_{};  ///< that the clock has ever been
    int step_ = 0;
    std::uint64_t latest_connection_ = 0;
    bool lost_silently_ = false;
    bool held_ = false;  ///< messages wait
    bool trouble_ = false;
    bool end_tried_ = false;
    bool cancel_tried_ = false;
    std::optional<Step> meanwhile_{};  ///< waits for the middle of another step
    bool keep_next_ = false;
    bool meddled_ = false;  ///< the step under way was not alone
    const bool trace_;
};

}  // namespace televisit::model
