# The cluster's processes: started detached, ended by pid. Sourced, never run.
#
# A process NAME has in $DIR/run: NAME.sh (the command, so that it can be started again), NAME.pid (its pid), and
# NAME.start (the time it was started, from /proc: a pid that was given to somebody else has another one).
# shellcheck shell=bash

# process_define NAME SLOT COMMAND...: writes NAME.sh. The process itself writes its pid before it becomes COMMAND,
# so that no moment is without.
process_define() {
  local name=$1 slot=$2
  shift 2
  mkdir -p "$DIR/run" "$DIR/logs"
  {
    echo '#!/bin/bash'
    echo 'set -e'
    printf 'echo $$ >%q/cgroup.procs\n' "$(cgroup_daemons "$slot")"
    # shellcheck disable=SC2016
    echo 'read -ra stat <"/proc/$$/stat"'
    # shellcheck disable=SC2016
    printf 'echo "${stat[21]}" >%q\n' "$DIR/run/$name.start"
    printf 'echo $$ >%q\n' "$DIR/run/$name.pid"
    printf 'exec'
    printf ' %q' "$@"
    echo
  } >"$DIR/run/$name.sh"
}

# process_start NAME: starts it in a session of its own, with nothing of this shell's open.
process_start() {
  local name=$1
  [[ -e $DIR/run/$name.sh ]] || usage_error "there is no component '$name' in $DIR"
  if process_is_alive "$name"; then return 0; fi
  rm -f "$DIR/run/$name.pid"
  setsid bash "$DIR/run/$name.sh" </dev/null >>"$DIR/logs/$name.log" 2>&1 8>&- 9>&- &
  wait_for 5 "$name has its pid file" "" test -s "$DIR/run/$name.pid"
}

process_is_alive() {
  local name=$1 pid line
  read -r pid 2>/dev/null <"$DIR/run/$name.pid" || return 1
  read -r line 2>/dev/null <"/proc/$pid/stat" || return 1
  # After the name in parentheses, which may have blanks, come fields 3 (state) and on; 22 is the start time.
  local fields
  read -ra fields <<<"${line##*) }"
  [[ ${fields[0]} != Z && ${fields[19]} == "$(<"$DIR/run/$name.start")" ]]
}

process_is_gone() { ! process_is_alive "$1"; }

# process_end NAME SIGNAL: waits for the end, and insists after 15 s.
process_end() {
  local name=$1 signal=$2 deadline=$((SECONDS + 15))
  [[ -e $DIR/run/$name.sh ]] || usage_error "there is no component '$name' in $DIR"
  while process_is_alive "$name"; do
    kill -s "$signal" "$(<"$DIR/run/$name.pid")" 2>/dev/null || true
    local pause
    for ((pause = 0; pause < 20; pause++)); do
      process_is_alive "$name" || break
      sleep 0.05
    done
    ((SECONDS < deadline)) || signal=KILL
  done
  rm -f "$DIR/run/$name.pid"
}

process_log_tail() {
  local log=$DIR/logs/$1.log
  [[ -e $log ]] || return 0
  say "the last lines of $log:"
  tail -n 8 "$log" >&2
}
