#include <libpq-fe.h>

#include <charconv>
#include <unordered_map>

#include "steps.hpp"

namespace televisit::load {
namespace {

struct Clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

class Bare {
  public:
    explicit Bare(const std::string& url) : handle_(PQconnectdb(url.c_str())) {
        if (PQstatus(handle_) != CONNECTION_OK) throw std::runtime_error("libpq does not connect");
    }
    ~Bare() { PQfinish(handle_); }
    Bare(const Bare&) = delete;
    Bare& operator=(const Bare&) = delete;

    void begin() { plain("BEGIN"); }
    void commit() { plain("COMMIT"); }
    std::size_t read(std::string_view sql, const Values& values) {
        return static_cast<std::size_t>(PQntuples(run(sql, values).get()));
    }
    std::size_t write(std::string_view sql, const Values& values) {
        const auto answer = run(sql, values);
        const std::string_view changed = PQcmdTuples(answer.get());
        std::size_t count = 0;
        std::from_chars(changed.data(), changed.data() + changed.size(), count);
        return count;
    }

  private:
    void plain(const char* command) { check(Answer(PQexec(handle_, command))); }
    static Answer check(Answer answer) {
        const auto status = PQresultStatus(answer.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error(PQresultErrorMessage(answer.get()));
        return answer;
    }
    Answer run(std::string_view sql, const Values& values) {
        auto known = names_.find(sql);
        if (known == names_.end()) {
            auto name = "s" + std::to_string(names_.size());
            check(Answer(PQprepare(handle_, name.c_str(), std::string(sql).c_str(), 0, nullptr)));
            known = names_.emplace(sql, std::move(name)).first;
        }
        std::vector<const char*> bytes;
        std::vector<int> sizes;
        std::vector<int> formats;
        for (const auto& value : values.all()) {
            bytes.push_back(value.bytes ? value.bytes->data() : nullptr);
            sizes.push_back(value.bytes ? static_cast<int>(value.bytes->size()) : 0);
            formats.push_back(value.format);
        }
        constexpr int kBinary = 1;
        return check(Answer(PQexecPrepared(handle_, known->second.c_str(), static_cast<int>(bytes.size()), bytes.data(),
                                           sizes.data(), formats.data(), kBinary)));
    }

    PGconn* handle_;
    std::unordered_map<std::string_view, std::string> names_;  // texts of constants
};

class BareDoor final : public Door {
  public:
    explicit BareDoor(const std::string& url) : connection_(url) {}
    void create(const Visit& visit) override { load::create(connection_, visit); }
    void join(const Visit& visit) override { load::join(connection_, visit); }

  private:
    Bare connection_;
};

}  // namespace

std::unique_ptr<Door> bare_libpq(const std::string& url) {
    return std::make_unique<BareDoor>(url);
}

}  // namespace televisit::load
