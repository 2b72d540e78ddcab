// w8: connect with SCRAM-SHA-256 and close, one after another; each time the server's version is what was learned.
#include "benchmark.hpp"

std::vector<Workload> connecting(const std::string &connection_string)
{
    const auto run = [connection_string](pqxx::connection &, long units, Checksum &checksum) {
        for (long i = 0; i < units; i++) {
            pqxx::connection fresh(connection_string);
            checksum.add_row(static_cast<std::uint64_t>(fresh.server_version()));
        }
        return units;
    };
    return {{"w8", 1, nullptr, run}, {"w8_tls", 1, nullptr, run}};
}
