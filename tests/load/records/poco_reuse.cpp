/// A statement of Poco::Data::PostgreSQL that is used again and fails, as any unique violation makes it: its former
/// result is freed once more. Under AddressSanitizer this program ends with "attempting double-free"; it must never run
/// beside data that counts.
///     poco_reuse FOLDER_OF_THE_SOCKET USER DATABASE

#include <Poco/Data/PostgreSQL/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <cstdio>

int main(int argc, char** argv) {
    using namespace Poco::Data::Keywords;
    if (argc != 4) {
        std::fputs("usage: poco_reuse FOLDER USER DATABASE\n", stderr);
        return 64;
    }
    Poco::Data::PostgreSQL::Connector::registerConnector();
    Poco::Data::Session session("PostgreSQL",
                                std::string("host=") + argv[1] + " user=" + argv[2] + " dbname=" + argv[3]);
    session << "CREATE TEMPORARY TABLE visits (id text PRIMARY KEY)", now;
    std::string id = "one";
    {
        Poco::Data::Statement insert(session);
        insert << "INSERT INTO visits VALUES ($1)", use(id);
        insert.execute();
        for (int i = 0; i < 2; ++i) {
            try {
                insert.execute();
            } catch (const Poco::Exception&) {
                std::fputs("a unique violation, as it should be\n", stderr);
            }
        }
    }
    std::fputs("no fault was found\n", stderr);
    return 0;
}
