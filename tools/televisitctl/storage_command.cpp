// `storage copy`, `storage compare`: all records, from the store of one configuration to that of another.

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>

#include "command.hpp"
#include "config/tree_view.hpp"
#include "record_copy.hpp"
#include "record_plugin.hpp"
#include "runtime/openssl_secrets.hpp"
#include "table.hpp"

namespace televisit::ctl {

namespace {

constexpr Option kFrom{"from", "FILE", "configuration of the server whose records are read"};
constexpr Option kTo{"to", "FILE", "configuration of the server that is to have them"};
constexpr std::array kCopyOptions{
    kFrom,
    kTo,
    Option{"erase-target", "", "remove the records that the target holds, and begin anew"},
    Option{"progress", "FILE",
           "where to note how far it has come (default: storage-copy.progress in the target's state_dir)"},
};
constexpr std::array kCompareOptions{kFrom, kTo};

constexpr std::chrono::minutes kPatience{60};

CallContext patiently() {
    return {std::chrono::steady_clock::now() + kPatience, RequestId("televisitctl")};
}

Instant this_moment() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

/// One end of the copy.
struct End {
    Configuration configuration;
    RecordPlugin plugin;
    std::unique_ptr<RecordTransfer> transfer;
};

/// Every value, secrets included, for nobody to read.
void append_values(const config::Node& node, std::string& text) {
    text += std::to_string(node.text.size()) + ':' + node.text;
    for (const auto& [key, mark, value] : node.entries) {
        text += '(' + key + '=';
        append_values(value, text);
        text += ')';
    }
    for (const auto& item : node.items) append_values(item, text);
}

std::string digest_of(const std::string& text) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    for (const auto byte : runtime::OpensslSecrets().sha256(text)) {
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 0xfU];
    }
    return hex;
}

std::string identity_of(const End& end) {
    std::string text = end.plugin.use;
    append_values(end.plugin.config, text);
    return digest_of(text);
}

class Run {
  public:
    Run(std::string_view name, const Arguments& arguments, const Streams& streams)
        : name_(name), arguments_(arguments), streams_(streams) {}

    int copy();
    int compare();

  private:
    int give_up(const std::string& why, int status = kFailed) const {
        streams_.error << "televisitctl " << name_ << ": " << why << '\n';
        return status;
    }
    int give_up(const End& end, const Error& failure) const {
        return give_up(end.configuration.file + ": " + failure.message);
    }
    /// Fills `from_` and `to_`. The exit status of a failure, or nothing.
    std::optional<int> load();
    std::optional<int> load(std::string_view option, std::unique_ptr<End>& end) const;
    std::optional<int> look_for_servers() const;
    Result<void> differ_under_mark() const;
    Result<std::optional<CopyProgress>> prepare(const ProgressFile& file, const std::string& of) const;
    int judge(const RecordDigests* copied) const;

    std::string_view name_;
    const Arguments& arguments_;
    const Streams& streams_;
    std::unique_ptr<End> from_;
    std::unique_ptr<End> to_;
};

std::optional<int> Run::load(std::string_view option, std::unique_ptr<End>& end) const {
    const auto file = arguments_.get(option);
    if (!file) return give_up("--" + std::string(option) + " is missing; see --help", kBadUsage);
    auto configuration = load_configuration(std::filesystem::path(*file), MissingSecrets::are_made_later);
    if (!configuration) {
        streams_.error << configuration.error().message;
        return kBadConfiguration;
    }
    auto plugin = load_record_plugin(*configuration);
    if (!plugin.ok()) return report_record_plugin(plugin.error(), name_, streams_);
    end = std::make_unique<End>(End{*std::move(configuration), *std::move(plugin), nullptr});
    try {
        end->transfer = end->plugin.library.record_transfer(*config::view(end->plugin.config));
    } catch (const std::exception& fault) {
        return give_up(fault.what(), kBadConfiguration);
    }
    if (!end->transfer) return give_up(*file + ": " + end->plugin.use + " offers no copy of its records");
    return std::nullopt;
}

std::optional<int> Run::load() {
    if (const auto failed = load("from", from_)) return failed;
    if (const auto failed = load("to", to_)) return failed;
    if (identity_of(*from_) == identity_of(*to_)) return give_up("both configurations name the same store");
    return std::nullopt;
}

/// What a running server writes cannot be copied, and what is written under it is not its own.
std::optional<int> Run::look_for_servers() const {
    const auto runs_on = [](const End& end) { return records_of_running(end.configuration) == end.plugin.id; };
    const bool in_source = runs_on(*from_);
    // Of two instances of one name a server may have either; nothing is erased on a guess.
    if (runs_on(*to_) && (!in_source || arguments_.has("erase-target")))
        return give_up(to_->configuration.file + ": a server keeps its records there; stop it first");
    if (in_source)
        streams_.error
            << "note: a server keeps its records in the source: what it writes meanwhile makes the two differ\n";
    return std::nullopt;
}

/// One store may have two spellings. The mark of a copy that has begun keeps a source out: if the target's keeps the
/// source out it is the same, and the mark is taken away.
Result<void> Run::differ_under_mark() const {
    const auto still = from_->transfer->open_source(patiently());
    if (still.ok() || still.error().code != Errc::conflict) return still;
    if (const auto unmarked = to_->transfer->finish(patiently()); !unmarked) return unmarked;
    return error(Errc::conflict, "both configurations name the same store");
}

/// Where to begin.
Result<std::optional<CopyProgress>> Run::prepare(const ProgressFile& file, const std::string& of) const {
    if (arguments_.has("erase-target")) {
        // As when the two were mistaken for each other.
        const auto nothing = from_->transfer->empty(patiently());
        if (!nothing.ok()) return nothing.error();
        if (*nothing) return error(Errc::conflict, "nothing is erased for a source without records");
        if (const auto begun = to_->transfer->begin(patiently()); !begun) return begun.error();
        if (const auto differ = differ_under_mark(); !differ) return differ.error();
        file.remove();
        if (const auto erased = to_->transfer->erase(patiently()); !erased) return erased.error();
        return std::optional(CopyProgress{.of = of});
    }
    auto progress = file.load();
    if (!progress.ok()) return progress;
    if (*progress) {
        if ((*progress)->of == of) return progress;
        return error(Errc::conflict, "another copy was interrupted, says " + file.path().string() +
                                         ": finish it, or name another file with --progress");
    }
    const auto empty = to_->transfer->empty(patiently());
    if (!empty.ok()) return empty.error();
    if (!*empty)
        return error(Errc::conflict, "it holds records already; --erase-target removes them before anything is copied");
    if (const auto begun = to_->transfer->begin(patiently()); !begun) return begun.error();
    return std::optional(CopyProgress{.of = of});
}

int Run::copy() {
    if (const auto failed = load()) return *failed;
    if (const auto refused = look_for_servers()) return *refused;
    if (const auto opened = from_->transfer->open_source(patiently()); !opened) return give_up(*from_, opened.error());
    if (const auto opened = to_->transfer->open_target(patiently()); !opened) return give_up(*to_, opened.error());
    const auto folder = std::filesystem::path(to_->configuration.state_dir);
    const ProgressFile file(arguments_.get("progress", (folder / "storage-copy.progress").string()));
    if (!arguments_.has("progress")) {
        std::error_code fault;
        if (std::filesystem::create_directories(folder, fault))
            std::filesystem::permissions(folder, std::filesystem::perms::owner_all, fault);
    }
    auto progress = prepare(file, digest_of(identity_of(*from_) + identity_of(*to_)));
    if (!progress.ok()) return give_up(*to_, progress.error());
    if ((*progress)->kind > 0 || !(*progress)->place.empty())
        streams_.error << "going on where the copy was interrupted\n";
    const auto copied = copy_records(*from_->transfer, *to_->transfer, **std::move(progress), file,
                                     [&](RecordKind kind) { streams_.error << "copied: " << to_string(kind) << '\n'; });
    if (!copied.ok()) return give_up(copied.error().message + "; run it again to go on from here");
    if (const int status = judge(&copied->copied); status != kDone) return status;
    if (const auto finished = to_->transfer->finish(patiently()); !finished) return give_up(*to_, finished.error());
    file.remove();
    return kDone;
}

int Run::compare() {
    if (const auto failed = load()) return *failed;
    for (const auto* end : {from_.get(), to_.get()})
        if (const auto opened = end->transfer->open_source(patiently()); !opened) return give_up(*end, opened.error());
    return judge(nullptr);
}

/// Reads both ends again. `copied`: what was copied, when it was.
int Run::judge(const RecordDigests* copied) const {
    const auto now = this_moment();
    const auto source = digests_of(*from_->transfer, now);
    if (!source.ok()) return give_up(*from_, source.error());
    const auto target = digests_of(*to_->transfer, now);
    if (!target.ok()) return give_up(*to_, target.error());
    std::vector<Row> rows{{"RECORDS", "FROM", "TO", "DIGEST"}};
    bool changed = false;
    for (const auto kind : kRecordKinds) {
        const auto i = static_cast<std::size_t>(kind);
        const auto& from = (*source)[i];
        const auto& to = (*target)[i];
        rows.push_back({std::string(to_string(kind)), std::to_string(from.count()), std::to_string(to.count()),
                        from == to ? from.hex() : "differs"});
        // Of the others what lapses was copied and is not compared.
        const bool lasts = kind != RecordKind::idempotency && kind != RecordKind::operation;
        changed = changed || (copied && lasts && from != to && from != (*copied)[i]);
    }
    print_table(rows, streams_.out);
    if (changed)
        return give_up(
            "the source has changed since it was copied: stop its server, and copy again with --erase-target");
    if (*source != *target)
        return give_up(copied ? "the target does not hold what was copied into it: copy again with --erase-target"
                              : "the two do not hold the same");
    streams_.out << "both hold the same\n";
    return kDone;
}

}  // namespace

constexpr Command kStorageCopy{
    "storage copy",
    "",
    0,
    "Copies every record from the store of one configuration to that of another, and compares the two",
    kCopyOptions,
    [](const Arguments& arguments, const Streams& streams) { return Run("storage copy", arguments, streams).copy(); }};
constexpr Command kStorageCompare{"storage compare",
                                  "",
                                  0,
                                  "Tells whether the stores of two configurations hold the same records",
                                  kCompareOptions,
                                  [](const Arguments& arguments, const Streams& streams) {
                                      return Run("storage compare", arguments, streams).compare();
                                  }};

}  // namespace televisit::ctl
