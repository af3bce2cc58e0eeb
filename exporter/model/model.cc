#include "exporter/model/model.h"
