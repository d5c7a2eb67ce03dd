#pragma once
/// What a loop counts of its sockets.

#include "engine/figures.hpp"

namespace televisit::socketio {

struct SocketFigures {
    Figure connected;  ///< now
    Figure connects;
    Figure refused;
    Figure refused_unconnected;             ///< clients: too many were in no namespace yet
    Figure refused_unconnected_of_address;  ///< the same, of one address
    Figure events_in;
    Figure events_out;
    Figure malformed;
    Figure strand_overflows;
    Figure handed_over;         ///< events and other work that came from other threads
    Figure handover_batches;    ///< in so many batches
    Figure handover_overflows;  ///< clients closed because their loop was too far behind
    Figure away;                ///< now, without a connection
    Figure kept_bytes;          ///< now, of events for those
    Figure not_kept;            ///< events for those, for want of room
    Figure returned_whole;      ///< with all that they had missed
    Figure returned_behind;     ///< without
    Figure not_returned;        ///< their client asked for them in vain
};

}  // namespace televisit::socketio
