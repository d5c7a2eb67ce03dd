#include <Poco/Data/PostgreSQL/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <Poco/Nullable.h>

#include <unordered_map>

#include "steps.hpp"

namespace televisit::load {
namespace {

using Text = Poco::Nullable<std::string>;
namespace keywords = Poco::Data::Keywords;

Poco::Data::Session connect(const std::string& connection) {
    Poco::Data::PostgreSQL::Connector::registerConnector();
    return {"PostgreSQL", connection};
}

/// How many columns a statement of `steps.hpp` gives.
std::size_t columns_of(std::string_view sql) {
    if (sql == std::string_view(storage_postgres::kSession)) return 29;
    if (sql == std::string_view(storage_postgres::kAttendee)) return 16;
    return sql.starts_with("SELECT") ? 4 : 0;
}

/// A statement with places for what it takes and gives.
class Bound {
  public:
    Bound(Poco::Data::Session& session, std::string_view sql, std::size_t parameters)
        : taken_(parameters), given_(columns_of(sql)), statement_(session) {
        statement_ << std::string(sql);
        for (auto& one : taken_) statement_.addBind(keywords::use(one));
        for (auto& column : given_) statement_.addExtract(keywords::into(column));
    }
    std::size_t run(const Values& values) {
        for (std::size_t i = 0; i < taken_.size(); ++i) {
            const auto& text = values.all()[i].text;
            taken_[i] = text ? Text(*text) : Text();
        }
        return statement_.execute();
    }

  private:
    std::vector<Text> taken_;
    std::vector<std::vector<Text>> given_;  // many rows, or none
    Poco::Data::Statement statement_;
};

class Kept {
  public:
    explicit Kept(const std::string& connection) : session_(connect(connection)) {}
    void begin() { session_.begin(); }
    void commit() { session_.commit(); }
    std::size_t read(std::string_view sql, const Values& values) { return run(sql, values); }
    std::size_t write(std::string_view sql, const Values& values) { return run(sql, values); }

  private:
    std::size_t run(std::string_view sql, const Values& values) {
        auto& bound = statements_[sql];
        if (!bound) bound = std::make_unique<Bound>(session_, sql, values.all().size());
        return bound->run(values);
    }

    Poco::Data::Session session_;
    std::unordered_map<std::string_view, std::unique_ptr<Bound>> statements_;  // texts of constants
};

class Anew {
  public:
    explicit Anew(const std::string& connection) : session_(connect(connection)) {}
    void begin() { session_.begin(); }
    void commit() { session_.commit(); }
    std::size_t read(std::string_view sql, const Values& values) { return run(sql, values); }
    std::size_t write(std::string_view sql, const Values& values) { return run(sql, values); }

  private:
    std::size_t run(std::string_view sql, const Values& values) {
        return Bound(session_, sql, values.all().size()).run(values);
    }

    Poco::Data::Session session_;
};

template <class Connection>
class PocoDoor final : public Door {
  public:
    explicit PocoDoor(const std::string& connection) : connection_(connection) {}
    void create(const Visit& visit) override { load::create(connection_, visit); }
    void join(const Visit& visit) override { load::join(connection_, visit); }

  private:
    Connection connection_;
};

}  // namespace

std::unique_ptr<Door> poco_kept(const std::string& connection) {
    return std::make_unique<PocoDoor<Kept>>(connection);
}

std::unique_ptr<Door> poco_anew(const std::string& connection) {
    return std::make_unique<PocoDoor<Anew>>(connection);
}

}  // namespace televisit::load
