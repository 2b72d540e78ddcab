// w4d, w7in, w7out: libpqxx's streams, which are COPY in text.
#include "benchmark.hpp"

#include <cstdio>
#include <tuple>

using std::int64_t;
using std::uint64_t;

static long copy_from(pqxx::connection &connection, long units, Checksum &)
{
    const long rows = 10000;
    const std::vector<std::string> columns{"a", "b", "c", "d", "e", "f", "g"};
    const auto row = std::make_tuple(10, 11, 10, std::string("TESTTESTTEST"), 10.333, 12341234,
                                     std::string("123412341234"));
    for (long done = 0; done < units; done += rows) {
        pqxx::work transaction(connection);
        pqxx::stream_to stream(transaction, "w4d", columns);
        for (long i = 0; i < rows; i++)
            stream << row;
        stream.complete();
        transaction.commit();
    }
    return units;
}

static long copy_in(pqxx::connection &connection, long units, Checksum &)
{
    const long rows = 1000000, distinct = 1000;
    const std::vector<std::string> columns{"a", "b", "c", "d"};
    std::vector<std::tuple<int64_t, int, double, std::string>> source;
    for (int i = 0; i < distinct; i++) {
        char text[16];
        std::snprintf(text, sizeof text, "row %07d", i);
        source.emplace_back(i * INT64_C(1234567891), i - 500, i / 8.0, text);
    }
    for (long done = 0; done < units; done += rows) {
        pqxx::work transaction(connection);
        pqxx::stream_to stream(transaction, "w7in", columns);
        for (long repeated = 0; repeated < rows; repeated += distinct)
            for (const auto &row : source)
                stream << row;
        stream.complete();
        transaction.commit();
    }
    return units;
}

static long copy_out(pqxx::connection &connection, long units, Checksum &checksum)
{
    const long rows = 1000000;
    for (long done = 0; done < units; done += rows) {
        pqxx::work transaction(connection);
        pqxx::stream_from stream(transaction, "w7out");
        std::tuple<int64_t, int, double, std::string> row;
        long found = 0;
        while (stream >> row) {
            checksum.add_row(Checksum::word(std::get<0>(row)) + 3 * Checksum::word(int64_t{std::get<1>(row)})
                             + 5 * Checksum::word(std::get<2>(row)) + 7 * Checksum::word(std::get<3>(row)));
            found++;
        }
        stream.complete();
        transaction.commit();
        if (found != rows)
            throw std::runtime_error("not a million rows");
    }
    return units;
}

std::vector<Workload> copies()
{
    return {
        {"w4d", 10000, nullptr, copy_from, "w4d"},
        {"w7in", 1000000, nullptr, copy_in, "w7in"},
        {"w7out", 1000000, nullptr, copy_out},
    };
}
