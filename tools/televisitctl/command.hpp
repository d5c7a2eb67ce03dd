#pragma once
/// One command of televisitctl, such as `session create`.

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "exit_status.hpp"

namespace televisit::ctl {

/// Where a command writes: results to `out`, everything else to `error`.
struct Streams {
    std::ostream& out;
    std::ostream& error;
};

struct Command {
    std::string_view name;      ///< "session create"
    std::string_view operands;  ///< as shown in the help, e.g. "FILE"; empty: none
    std::size_t operand_count;
    std::string_view summary;  ///< one line
    std::span<const Option> options;
    int (*run)(const Arguments& arguments, const Streams& streams);  ///< gives the exit status
};

/// The option that nearly every command has.
inline constexpr Option kConfigOption{
    "config", "FILE",
    "configuration file (default: $TELEVISIT_CONFIG, conf/televisitd.yaml, /etc/televisit/televisitd.yaml)"};

/// Of commands that may speak to a server elsewhere.
inline constexpr Option kCaOption{"ca", "FILE",
                                  "certificates in PEM form to trust an https server by (default: the system's)"};

extern const Command kConfigCheck;
extern const Command kConfigShow;
extern const Command kConfigReference;
extern const Command kPluginList;
extern const Command kPluginInspect;
extern const Command kTokenMint;
extern const Command kSessionCreate;
extern const Command kSessionList;
extern const Command kSessionShow;
extern const Command kSessionEnd;
extern const Command kSessionErase;
extern const Command kRoomList;
extern const Command kRoomShow;
extern const Command kAttendeeKick;
extern const Command kHealth;
extern const Command kDrain;
extern const Command kDbStatus;
extern const Command kDbMigrate;
extern const Command kStorageCopy;
extern const Command kStorageCompare;
extern const Command kTlsSelfSigned;
extern const Command kTurnCheck;
extern const Command kTurnRotate;

/// All of them, in the order of the help.
std::span<const Command* const> commands();

/// Finds the command in the words, reads its arguments and runs it.
int run(std::span<const std::string> words, const Streams& streams);

}  // namespace televisit::ctl
