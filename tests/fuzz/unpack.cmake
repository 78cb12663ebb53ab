# cmake -D archive=FILE -D folder=FOLDER -P unpack.cmake
# Unpacks an archive of inputs, then touches FOLDER.unpacked. The folder never holds a part of the
# inputs: it is created by a rename.
file(REMOVE_RECURSE ${folder}.unpacked ${folder} ${folder}.part)
file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder}.part)
file(RENAME ${folder}.part ${folder})
file(TOUCH ${folder}.unpacked)
