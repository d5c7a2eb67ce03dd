#include "command.hpp"

#include <algorithm>
#include <array>
#include <iomanip>

namespace televisit::ctl {

namespace {

void print_commands(std::ostream& out) {
    out << "usage: televisitctl COMMAND [OPTION]...\n\nWatches over televisitd and prepares visits by hand.\n\n";
    for (const Command* command : commands())
        out << "  " << std::left << std::setw(18) << command->name << command->summary << '\n';
    out << "\ntelevisitctl COMMAND --help tells more.\n"
           "Exit status: 0 done; 1 failed; 2 the configuration is wrong; 64 wrong usage.\n";
}

void print_help(const Command& command, std::ostream& out) {
    out << "usage: televisitctl " << command.name;
    if (!command.operands.empty()) out << ' ' << command.operands;
    for (const Option& option : command.options) {
        out << " [--" << option.name;
        if (!option.value.empty()) out << ' ' << option.value;
        out << ']';
    }
    out << "\n\n" << command.summary << ".\n\n";
    for (const Option& option : command.options) {
        std::string form = "--" + std::string(option.name);
        if (!option.value.empty()) form += " " + std::string(option.value);
        out << "  " << std::left << std::setw(20) << form << "  " << option.help << '\n';
    }
}

/// A command's name is one or two words; gives how many of `words` are the name.
std::size_t matches(const Command& command, std::span<const std::string> words) {
    const auto space = command.name.find(' ');
    if (words.empty() || words[0] != command.name.substr(0, space)) return 0;
    if (space == std::string_view::npos) return 1;
    return words.size() > 1 && words[1] == command.name.substr(space + 1) ? 2 : 0;
}

bool asks_for_help(std::span<const std::string> words) {
    return std::ranges::any_of(words, [](const std::string& word) { return word == "--help" || word == "-h"; });
}

}  // namespace

std::span<const Command* const> commands() {
    static constexpr std::array kAll{
        &kConfigCheck,   &kConfigShow,     &kConfigReference, &kPluginList, &kPluginInspect, &kTokenMint,
        &kSessionCreate, &kSessionList,    &kSessionShow,     &kSessionEnd, &kSessionErase,  &kRoomList,
        &kRoomShow,      &kAttendeeKick,   &kHealth,          &kDrain,      &kDbStatus,      &kDbMigrate,
        &kStorageCopy,   &kStorageCompare, &kTlsSelfSigned,   &kTurnCheck,  &kTurnRotate};
    return kAll;
}

int run(std::span<const std::string> words, const Streams& streams) {
    for (const Command* command : commands()) {
        const std::size_t name_words = matches(*command, words);
        if (name_words == 0) continue;
        const auto rest = words.subspan(name_words);
        if (asks_for_help(rest)) {
            print_help(*command, streams.out);
            return kDone;
        }
        const auto arguments = Arguments::parse(rest, command->options, command->operand_count);
        if (arguments) return command->run(*arguments, streams);
        streams.error << "televisitctl " << command->name << ": " << arguments.error().message << "; see --help\n";
        return kBadUsage;
    }
    if (!words.empty() && asks_for_help(words.first(1))) {
        print_commands(streams.out);
        return kDone;
    }
    if (!words.empty()) streams.error << "televisitctl: unknown command: " << words[0] << "\n\n";
    print_commands(streams.error);
    return kBadUsage;
}

}  // namespace televisit::ctl
