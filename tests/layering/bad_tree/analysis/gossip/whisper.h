#pragma once  // wrong: no room of the table
