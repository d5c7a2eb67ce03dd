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
    Figure away;             ///< now, without a connection
    Figure returned_whole;   ///< with all that they had missed
    Figure returned_behind;  ///< without
    Figure not_returned;     ///< their client asked for them in vain
};

}  // namespace televisit::socketio
