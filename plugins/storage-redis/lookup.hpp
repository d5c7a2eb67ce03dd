#pragma once
/// Reading records: what Redis answers to a question, on any connection of a pool.

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "connection_pool.hpp"
#include "failure.hpp"
#include "record_fields.hpp"

namespace televisit::storage_redis {

using WordList = std::vector<std::string_view>;

/// These words, and the names of a record's fields.
template <class Record>
WordList with_names(std::initializer_list<std::string_view> words) {
    WordList all(words);
    const auto& names = field_names<Record>();
    all.insert(all.end(), names.begin(), names.end());
    return all;
}

/// Calls `ask(connection)`, which gives a `Reply`, and gives what `read(reply)` makes of it, a `Result`.
/// **Blocks**: to the deadline.
template <class Ask, class Read>
auto look_up(ConnectionPool& pool, SteadyTime deadline, std::string_view doing, Ask&& ask, Read&& read)
    -> std::invoke_result_t<Read, const Reply&> {
    return in_tries(pool, deadline, doing, [&](Connection& connection) -> std::invoke_result_t<Read, const Reply&> {
        const Reply reply = ask(connection);
        if (!reply.ok()) return failure(reply.failure, doing, Effect::read);
        return read(reply);
    });
}

/// Records from lists of their values. One without a key is none: it has gone since its name was found.
template <class Record>
Result<std::vector<Record>> records_of(std::vector<Reply>::const_iterator first,
                                       std::vector<Reply>::const_iterator last, std::string_view doing) {
    std::vector<Record> records;
    for (; first != last; ++first) {
        if (first->items.empty() || first->items[0].is_nothing()) continue;
        auto record = record_of<Record>(first->items);
        if (!record) return foreign_data(doing);
        records.push_back(*std::move(record));
    }
    return records;
}

/// All records that `ask` finds.
template <class Record, class Ask>
Result<std::vector<Record>> read_all(ConnectionPool& pool, SteadyTime deadline, std::string_view doing, Ask&& ask) {
    return look_up(pool, deadline, doing, ask, [&](const Reply& reply) {
        return records_of<Record>(reply.items.begin(), reply.items.end(), doing);
    });
}

/// The same where there is at most one.
template <class Record, class Ask>
Result<std::optional<Record>> read_one(ConnectionPool& pool, SteadyTime deadline, std::string_view doing, Ask&& ask) {
    auto found = read_all<Record>(pool, deadline, doing, ask);
    if (!found.ok()) return std::move(found).error();
    if (found->empty()) return std::optional<Record>{};
    return std::optional(std::move(found->front()));
}

/// The record of one hash.
template <class Record>
Result<std::optional<Record>> read_hash(ConnectionPool& pool, SteadyTime deadline, std::string_view doing,
                                        const std::string& key) {
    const auto words = with_names<Record>({"HMGET", key});
    return look_up(
        pool, deadline, doing, [&](Connection& connection) { return connection.call(words); },
        [&](const Reply& reply) -> Result<std::optional<Record>> {
            if (reply.items.empty() || reply.items[0].is_nothing()) return std::optional<Record>{};
            auto record = record_of<Record>(reply.items);
            if (!record) return foreign_data(doing);
            return record;
        });
}

}  // namespace televisit::storage_redis
