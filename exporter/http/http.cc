#include "exporter/http/http.h"
