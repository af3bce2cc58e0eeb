#include "exporter/sqlite/sqlite.h"
