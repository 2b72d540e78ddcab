// libpqxx WORKLOAD CONNSTRING UNITS: warms up, measures, prints one line of JSON.
#include "benchmark.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sys/resource.h>
#include <time.h>

static double cpu_microseconds()
{
    rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        throw std::runtime_error("getrusage failed");
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static double wall_microseconds()
{
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static std::vector<Workload> all(const std::string &connection_string)
{
    std::vector<Workload> found = queries();
    for (auto &workload : copies())
        found.push_back(workload);
    for (auto &workload : connecting(connection_string))
        found.push_back(workload);
    return found;
}

static void reset(pqxx::connection &connection, const Workload &workload)
{
    if (workload.table)
        pqxx::nontransaction(connection).exec0(std::string("TRUNCATE ") + workload.table);
}

// The count of the table's rows and a hash of their values.
static void prove(pqxx::connection &connection, const Workload &workload, Checksum &checksum)
{
    if (!workload.table)
        return;
    const pqxx::row row = pqxx::nontransaction(connection).exec1(
        std::string("SELECT count(*), (sum(hash_record_extended(t, 0)) % 9223372036854775807)::int8 FROM ")
        + workload.table + " AS t");
    checksum.add_row(Checksum::word(row[0].as<std::int64_t>()) + 3 * Checksum::word(row[1].as<std::int64_t>()));
}

static int measure(const Workload &workload, const std::string &connection_string, long units)
{
    pqxx::connection connection(connection_string);
    if (workload.prepare)
        workload.prepare(connection);
    reset(connection, workload);
    const long warm_up = units / workload.round / 10;
    Checksum ignored, checksum;
    workload.run(connection, (warm_up > 0 ? warm_up : 1) * workload.round, ignored);
    reset(connection, workload);

    double cpu = cpu_microseconds(), wall = wall_microseconds();
    units = workload.run(connection, units, checksum);
    wall = wall_microseconds() - wall;
    cpu = cpu_microseconds() - cpu;
    prove(connection, workload, checksum);

    std::printf("{\"workload\":\"%s\",\"client\":\"libpqxx\",\"face\":\"-\",\"units\":%ld,"
                "\"cpu_us\":%.6f,\"wall_us\":%.6f,\"checksum\":\"%016llx\"}\n",
                workload.name, units, cpu / units, wall / units, static_cast<unsigned long long>(checksum.value));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && std::string(argv[1]) == "--list") {
        for (const auto &workload : all(""))
            std::printf("%s -\n", workload.name);
        return 0;
    }
    if (argc != 4) {
        std::cerr << "usage: libpqxx WORKLOAD CONNSTRING UNITS | libpqxx --list\n";
        return 2;
    }
    for (const auto &workload : all(argv[2])) {
        if (std::string(argv[1]) != workload.name)
            continue;
        char *end;
        const long units = std::strtol(argv[3], &end, 10);
        if (end == argv[3] || *end != '\0' || units <= 0 || units % workload.round != 0) {
            std::cerr << "libpqxx: UNITS must be a positive multiple of " << workload.round << "\n";
            return 2;
        }
        try {
            return measure(workload, argv[2], units);
        } catch (const std::exception &error) {
            std::cerr << "libpqxx: " << error.what() << "\n";
            return 1;
        }
    }
    std::cerr << "libpqxx: no workload " << argv[1] << "\n";
    return 3;
}
