// bcrypt as crypt(3) does it.
#include "exporter/access/passwords.h"

#include <gtest/gtest.h>

namespace exporter::access {
namespace {

const std::string kOfX = "$2b$05$abcdefghijklmnopqrstuuhKF09ZYWwH2zP/0fwE1X8e/Q1YNx/hO";

TEST(CheckBcrypt, TakesEveryKindThatIsChecked) {
  EXPECT_TRUE(check_bcrypt("$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"));
  EXPECT_TRUE(check_bcrypt("$2y$04$ABCDEFGHIJKLMNOPQRSTUuulQV3o6ShE2UxdJ3jCqLaf/izx4xYsW"));
  EXPECT_TRUE(check_bcrypt("$2a$04$......................2sjWQ45XgGSCOs6gH79VIQQvfSAL6IS"));
  // The highest cost; only 17 takes too long.
  EXPECT_TRUE(check_bcrypt("$2b$16$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"));
}

TEST(CheckBcrypt, SaysWhatIsWrongAndNeverRepeatsIt) {
  auto refuses = [](const std::string& hash, const std::string& complaint) {
    SCOPED_TRACE(hash);
    const auto checked = check_bcrypt(hash);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message, complaint);
  };
  const std::string rest = kOfX.substr(7);

  const std::string kind = "a hash that does not begin with $2a$, $2b$ or $2y$ is not from bcrypt";
  refuses("", kind);
  refuses("s3cret", kind);
  refuses("correct horse battery staple", kind);
  refuses("$2b$05", kind);
  refuses("$2$05$" + rest, kind);
  refuses("$2x$05$" + rest, kind);
  refuses("$2B$05$" + rest, kind);
  refuses("$1b$05$" + rest, kind);
  refuses("2b$05$" + rest, kind);
  refuses("$2b05$$" + rest, kind);
  refuses("$6$saltsalt$" + rest, kind);
  refuses("$y$j9T$" + rest, kind);
  refuses("$argon2id$v=19$" + rest, kind);
  refuses("{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=", kind);
  refuses(" " + kOfX, kind);

  const std::string cost = "the cost of the bcrypt hash is not two digits and a $";
  refuses("$2b$5$" + rest, cost);
  refuses("$2b$005$" + rest, cost);
  refuses("$2b$-5$" + rest, cost);
  refuses("$2b$ 5$" + rest, cost);
  refuses("$2b$0x$" + rest, cost);
  refuses("$2b$05" + rest, cost);

  refuses("$2b$00$" + rest, "the cost 0 of the bcrypt hash is below 4");
  refuses("$2b$03$" + rest, "the cost 3 of the bcrypt hash is below 4");
  auto too_dear = [](int number) {
    return "the cost " + std::to_string(number) +
           " of the bcrypt hash is above 16: one login would take many seconds; 10 to 12 is usual";
  };
  refuses("$2b$17$" + rest, too_dear(17));
  refuses("$2b$31$" + rest, too_dear(31));
  refuses("$2b$99$" + rest, too_dear(99));

  refuses("$2b$05$", "a bcrypt hash has 60 characters, not 7");
  refuses(kOfX.substr(0, 59), "a bcrypt hash has 60 characters, not 59");
  refuses(kOfX + "\n", "a bcrypt hash has 60 characters, not 61");

  auto character = [](std::size_t at) {
    return "character " + std::to_string(at) + " of the bcrypt hash is none that bcrypt writes";
  };
  auto with = [](std::size_t at, char c) {
    std::string hash = kOfX;
    hash.at(at - 1) = c;
    return hash;
  };
  refuses(with(8, '$'), character(8));
  refuses(with(29, '+'), character(29));
  refuses(with(30, '='), character(30));
  refuses(with(60, '\0'), character(60));
  refuses(with(60, '\n'), character(60));
  refuses(with(40, '\xff'), character(40));

  // A salt is 128 bits in 22 characters of 6: the last may be one of `.Oeu` only.
  refuses(with(29, 'v'), "crypt(3) of this machine cannot check the bcrypt hash");
}

TEST(IsPassword, OfEveryKind) {
  EXPECT_TRUE(
      is_password("correct horse", "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"));
  EXPECT_TRUE(
      is_password("tr0ub4dor:3", "$2y$04$ABCDEFGHIJKLMNOPQRSTUuulQV3o6ShE2UxdJ3jCqLaf/izx4xYsW"));
  EXPECT_TRUE(is_password("pa\xc3\x9fwort",
                          "$2a$04$......................2sjWQ45XgGSCOs6gH79VIQQvfSAL6IS"));
  EXPECT_TRUE(is_password("x", kOfX));
}

TEST(IsPassword, OfNothingElse) {
  EXPECT_FALSE(is_password("", kOfX));
  EXPECT_FALSE(is_password("X", kOfX));
  EXPECT_FALSE(is_password("x ", kOfX));
  EXPECT_FALSE(is_password("xx", kOfX));
  EXPECT_FALSE(is_password(kOfX, kOfX));
  EXPECT_FALSE(is_password("x", kOfX.substr(0, 59) + "P"));
  EXPECT_FALSE(is_password("x", kOfX.substr(0, 59)));
  EXPECT_FALSE(is_password("x", "$2b$05$"));
  EXPECT_FALSE(is_password("x", "*0"));
  EXPECT_FALSE(is_password("", ""));
  EXPECT_FALSE(is_password("x", "x"));
}

}  // namespace
}  // namespace exporter::access
