// `token mint`: a JSON Web Token for trying things out.

#include <array>

#include "command.hpp"
#include "configuration.hpp"
#include "login.hpp"
#include "televisit/sdk/people.hpp"

namespace televisit::ctl {

namespace {

constexpr long kLongestLifetime = 366L * 24 * 3600;

constexpr std::array kOptions{
    Option{"sub", "ID", "the person's user id (required)"},
    Option{"role", "ROLE", "DOCTOR, PATIENT, INTERPRETER, GUEST, OBSERVER or ADMIN (required)"},
    Option{"ttl", "SECONDS", "how long it holds (default: 3600)"},
    kConfigOption,
};

int mint(const Arguments& arguments, const Streams& streams) {
    const auto wrong = [&](std::string_view message) {
        streams.error << "televisitctl token mint: " << message << '\n';
        return kBadUsage;
    };
    const std::string subject = arguments.get("sub", "");
    const std::string role = arguments.get("role", "");
    if (subject.empty() || role.empty()) return wrong("--sub and --role are required");
    if (!parse_role(role)) return wrong("unknown role: " + role);
    const auto lifetime = whole_number(arguments.get("ttl", "3600"), 1, kLongestLifetime);
    if (!lifetime) return wrong("--ttl must be between 1 and 31622400 seconds");

    const auto configuration = load_or_report(arguments, MissingSecrets::are_errors, streams);
    if (!configuration) return kBadConfiguration;
    const auto token = token_for(*configuration, subject, role, std::chrono::seconds(*lifetime));
    if (!token) {
        streams.error << "televisitctl token mint: " << token.error().message << '\n';
        return kFailed;
    }
    streams.out << *token << '\n';
    return kDone;
}

}  // namespace

constexpr Command kTokenMint{"token mint", "",  0, "Prints a JSON Web Token signed with the configured secret",
                             kOptions,     mint};

}  // namespace televisit::ctl
