// w1, w2, w3a, w4a, w4b, w4c, w5: statements prepared once, whole results; libpqxx 6 reads and writes text only.
#include "benchmark.hpp"

using std::int64_t;
using std::uint32_t;
using std::uint64_t;

static std::function<void(pqxx::connection &)> prepared(const char *sql)
{
    return [sql](pqxx::connection &connection) { connection.prepare("s", sql); };
}

static long echo(pqxx::connection &connection, long units, Checksum &checksum)
{
    pqxx::nontransaction transaction(connection);
    for (long number = 1; number <= units; number++)
        checksum.add_row(Checksum::word(int64_t{transaction.exec_prepared1("s", number)[0].as<int>()}));
    return units;
}

static uint64_t character(const pqxx::field &field) { return static_cast<unsigned char>(*field.c_str()); }

static long catalog(pqxx::connection &connection, long units, Checksum &checksum)
{
    pqxx::nontransaction transaction(connection);
    long done = 0;
    while (done < units) {
        const pqxx::result rows = transaction.exec_prepared("s", -1, true);
        if (rows.empty())
            throw std::runtime_error("no rows");
        for (const auto &row : rows)
            checksum.add_row(Checksum::word(row[0].as<std::string>()) + 3 * uint64_t{row[1].as<uint32_t>()}
                             + 5 * uint64_t{row[2].as<uint32_t>()} + 7 * Checksum::word(int64_t{row[3].as<short>()})
                             + 9 * uint64_t{row[4].as<bool>()} + 11 * character(row[5])
                             + 13 * uint64_t{row[6].as<bool>()} + 15 * uint64_t{row[7].as<bool>()}
                             + 17 * character(row[8]) + 19 * uint64_t{row[9].as<uint32_t>()}
                             + 21 * uint64_t{row[10].as<uint32_t>()} + 23 * uint64_t{row[11].as<uint32_t>()});
        done += static_cast<long>(rows.size());
    }
    return done;
}

// A whole result of `round` rows for each round, each row's word from `word`.
template <typename Word, typename... Arguments>
static std::function<long(pqxx::connection &, long, Checksum &)> whole(std::size_t round, Word word,
                                                                      Arguments... arguments)
{
    return [=](pqxx::connection &connection, long units, Checksum &checksum) {
        pqxx::nontransaction transaction(connection);
        for (long done = 0; done < units; done += static_cast<long>(round)) {
            const pqxx::result rows = transaction.exec_prepared("s", arguments...);
            if (rows.size() != round)
                throw std::runtime_error("another count of rows");
            for (const auto &row : rows)
                checksum.add_row(word(row));
        }
        return units;
    };
}

static uint64_t integer(const pqxx::row &row) { return Checksum::word(int64_t{row[0].as<int>()}); }

static uint64_t bytes(const pqxx::row &row)
{
    const pqxx::binarystring value(row[0]);
    return Checksum::bytea(value.data(), value.size());
}

static uint64_t integers(const pqxx::row &row)
{
    std::vector<int> values;
    auto parser = row[0].as_array();
    for (auto found = parser.get_next(); found.first != pqxx::array_parser::done; found = parser.get_next())
        if (found.first == pqxx::array_parser::string_value)
            values.push_back(std::stoi(found.second));
    uint64_t word = values.size();
    for (std::size_t i = 0; i < values.size(); i++)
        word += (2 * i + 3) * Checksum::word(int64_t{values[i]});
    return word;
}

// The number that these digits are.
static int64_t digits(const char *text, int count)
{
    int64_t number = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            throw std::runtime_error("no digit");
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

// Microseconds since 2000-01-01 of "2020-01-01 00:00:01.234567+00"; the decimals may be fewer or none.
static int64_t timestamp(const pqxx::field &field)
{
    const std::string text = field.as<std::string>();
    if (text.size() < 22 || text.compare(text.size() - 3, 3, "+00") != 0)
        throw std::runtime_error("not a time in UTC");
    const char *at = text.c_str();
    int64_t year = digits(at, 4), month = digits(at + 5, 2), day = digits(at + 8, 2);
    year -= month <= 2;
    const int64_t era = year / 400, of_era = year % 400;
    const int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 730425;
    int64_t decimals = 0;
    const int given = static_cast<int>(text.size()) - 23;
    if (given > 0) {
        decimals = digits(at + 20, given);
        for (int i = given; i < 6; i++)
            decimals *= 10;
    }
    const int64_t seconds = digits(at + 11, 2) * 3600 + digits(at + 14, 2) * 60 + digits(at + 17, 2);
    return (days * 86400 + seconds) * 1000000 + decimals;
}

static uint64_t uuid(const pqxx::field &field)
{
    unsigned char octets[16];
    int nibbles = 0;
    for (const char *next = field.c_str(); *next; next++) {
        if (*next == '-')
            continue;
        const int value = *next <= '9' ? *next - '0' : *next - 'a' + 10;
        if (value < 0 || value > 15 || nibbles == 32)
            throw std::runtime_error("not a uuid");
        octets[nibbles / 2] = static_cast<unsigned char>(nibbles % 2 ? octets[nibbles / 2] | value : value << 4);
        nibbles++;
    }
    if (nibbles != 32)
        throw std::runtime_error("not a uuid");
    return Checksum::word(octets, sizeof octets);
}

// Hundredths of a numeric(12,2), which always has two decimals.
static int64_t hundredths(const pqxx::field &field)
{
    const char *text = field.c_str();
    const bool negative = *text == '-';
    const int whole = static_cast<int>(field.size()) - negative - 3;
    if (whole < 1)
        throw std::runtime_error("not two decimals");
    const int64_t value = digits(text + negative, whole) * 100 + digits(text + negative + whole + 1, 2);
    return negative ? -value : value;
}

static uint64_t eight(const pqxx::row &row)
{
    return Checksum::word(row[0].as<int64_t>()) + 3 * Checksum::word(int64_t{row[1].as<int>()})
        + 5 * Checksum::word(row[2].as<double>()) + 7 * uint64_t{row[3].as<bool>()}
        + 9 * Checksum::word(row[4].as<std::string>()) + 11 * Checksum::word(timestamp(row[5])) + 13 * uuid(row[6])
        + 15 * Checksum::word(hundredths(row[7]));
}

std::vector<Workload> queries()
{
    const auto one = prepared("SELECT $1::int4");
    return {
        {"w1_tcp", 1, one, echo},
        {"w1_unix", 1, one, echo},
        {"w1_tls", 1, one, echo},
        {"w2", 1,
         prepared("select typname, typnamespace, typowner, typlen, typbyval, typcategory, typispreferred, typisdefined, "
                  "typdelim, typrelid, typelem, typarray from pg_type where typtypmod = $1 and typisdefined = $2"),
         catalog},
        {"w3a", 1000, prepared("SELECT i FROM generate_series(1, $1) AS i"), whole(1000, integer, 1000)},
        {"w4a", 100, prepared("SELECT * FROM w4a"), whole(100, bytes)},
        {"w4b", 100, prepared("SELECT * FROM w4b"), whole(100, bytes)},
        {"w4c", 100, prepared("SELECT * FROM w4c"), whole(100, integers)},
        {"w5", 200000, prepared("SELECT * FROM w5"), whole(200000, eight)},
    };
}
