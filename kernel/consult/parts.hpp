#pragma once
/// What the domain is made of.

#include "consult/background.hpp"
#include "consult/commits.hpp"
#include "consult/guess_guard.hpp"
#include "consult/ice_lists.hpp"
#include "consult/policy_gate.hpp"
#include "consult/ports.hpp"
#include "consult/reach.hpp"
#include "consult/retention.hpp"
#include "consult/rooms.hpp"
#include "consult/tokens.hpp"
#include "consult/visits.hpp"
#include "consult/zone.hpp"

namespace televisit::consult {

struct Parts {
    Parts(Ports with, Settings as)
        : ports(with),
          settings(std::move(as)),
          tokens(ports.secrets, settings.secret),
          guard(settings.guessing, ports),
          policy(ports, settings),
          commits(ports),
          visits(ports, settings),
          retention(ports, settings),
          background(ports.executor),
          reach(std::make_shared<Reach>(ports.metrics, ports.logger)),
          rooms(ports, settings, visits, tokens, background, *reach),
          ice(ports, settings, rooms, background) {}
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    Ports ports;
    Settings settings;
    Zone zone{};  ///< set by `Domain::start`
    Tokens tokens;
    GuessGuard guard;
    PolicyGate policy;
    Commits commits;
    Visits visits;
    Retention retention;
    Background background;
    std::shared_ptr<Reach> reach;  ///< shared with whoever tells of it, which may be later than the domain
    Rooms rooms;
    IceLists ice;
};

}  // namespace televisit::consult
