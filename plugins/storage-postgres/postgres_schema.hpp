#pragma once
/// What `televisitctl db` sees of this store.

#include "connection_settings.hpp"
#include "televisit/sdk/schema.hpp"

namespace televisit::storage_postgres {

/// From the plugin's configuration. Throws `std::invalid_argument` for a URL that is none.
ConnectionSettings settings_of(const ConfigView& config);

class PostgresSchema final : public SchemaKeeper {
  public:
    explicit PostgresSchema(const ConfigView& config) : settings_(settings_of(config)) {}

    Result<SchemaState> state(const CallContext& context) override;
    Result<std::string> script(const CallContext& context) override;
    Result<void> migrate(const CallContext& context) override;

  private:
    ConnectionSettings settings_;
};

}  // namespace televisit::storage_postgres
