#pragma once
/// What `televisitctl db` sees of this store, which brings its schema up by itself at the start of the server.

#include "televisit/sdk/schema.hpp"

namespace televisit::storage_sqlite {

class SqliteSchema final : public SchemaKeeper {
  public:
    explicit SqliteSchema(const ConfigView& config) : file_(config.string("path")) {}

    /// A file that is not there is left so.
    Result<SchemaState> state(const CallContext& context) override;
    Result<std::string> script(const CallContext& context) override;
    /// **Errors**: `conflict`: a file that somebody else than the server makes is not the server's.
    Result<void> migrate(const CallContext& context) override;

  private:
    std::string file_;
};

}  // namespace televisit::storage_sqlite
