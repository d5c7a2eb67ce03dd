#pragma once
/// What a loop counts of its sockets.

#include "engine/figures.hpp"

namespace televisit::socketio {

struct SocketFigures {
    Figure connected;  ///< now
    Figure connects;
    Figure refused;
    Figure events_in;
    Figure events_out;
    Figure malformed;
    Figure strand_overflows;
};

}  // namespace televisit::socketio
