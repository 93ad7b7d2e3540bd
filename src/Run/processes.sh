# shellcheck shell=bash disable=SC2034
# Processes that end together, for ./run: the simulator, which has index 0, and the service or its replicas, from 1 on. What becomes of each
# is a line in a pipe, which the script reads: "started INDEX PID", "listening INDEX URL", "ended INDEX CODE", and the line in which the
# simulator says where it is.

# How long the service may take to end in order after SIGTERM, and the simulator; seconds.
patience=30 simulator_patience=5

# What is known: told is not empty when this script was told to end, stopping when the processes were; registry is the simulator's.
pids=() running=0 code=0 told='' stopping='' deadline=0 simulator_runs='' simulator_code=0 registry=''

# open_processes REPLICAS: makes the pipes, and the directory of all that is of no use afterwards.
open_processes() {
  replicas=$1
  trap 'told=yes' INT TERM HUP
  dir=$(mktemp -d "${TMPDIR:-/tmp}/cachemachine-run.XXXXXX")
  mkfifo "$dir/events" "$dir/lifeline"
  guard <"$dir/lifeline" &
  guard=$!
  exec 7<>"$dir/events" 8>"$dir/lifeline"
}

# guard: ends what is left, when this script is gone without having done so (kill -9), which it sees by the end of what it reads: the pids
# of all processes, and "ended" after their end.
guard() {
  local line pid started=() tries=100
  trap '' INT TERM HUP
  while read -r line; do
    if [[ $line == ended ]]; then
      started=()
    else
      started+=("$line")
    fi
  done
  for pid in ${started[@]+"${started[@]}"}; do
    kill -TERM "$pid" 2>/dev/null || true
  done
  for pid in ${started[@]+"${started[@]}"}; do
    while kill -0 "$pid" 2>/dev/null && ((tries-- > 0)); do
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf "$dir"
}

# supervise INDEX COMMAND...: runs it to its end. Of several replicas, each line is printed with the index before it.
supervise() {
  local index=$1 pid status=0 readers=()
  shift
  trap : INT TERM HUP # Only what it runs is told to end.
  if ((index == 0)); then
    "$@" >&7 7>&- 8>&- &
  elif ((replicas == 1)); then
    "$@" 7>&- 8>&- &
  else
    mkfifo "$dir/out$index" "$dir/err$index"
    prefix "$index" <"$dir/out$index" 8>&- &
    readers=($!)
    prefix "$index" <"$dir/err$index" 8>&- >&2 &
    readers+=($!)
    "$@" >"$dir/out$index" 2>"$dir/err$index" 7>&- 8>&- &
  fi
  pid=$!
  echo "$pid" >&8
  exec 8>&-
  echo "started $index $pid" >&7
  wait "$pid" 2>/dev/null || status=$?
  while kill -0 "$pid" 2>/dev/null; do # A signal has ended the wait.
    status=0
    wait "$pid" 2>/dev/null || status=$?
  done
  wait ${readers[@]+"${readers[@]}"} || true
  echo "ended $index $status" >&7
}

# prefix INDEX: the output of a replica, with its number before each line.
prefix() {
  local line is_listening=''
  trap '' INT TERM HUP # It ends with what it reads.
  while IFS= read -r line || [[ -n $line ]]; do
    printf '[%s] %s\n' "$1" "$line"
    if [[ -z $is_listening && $line =~ listening\ on\ (https?://[^/[:space:]]+) ]]; then
      is_listening=yes
      echo "listening $1 ${BASH_REMATCH[1]}" >&7
    fi
  done
}

# tell SIGNAL: to all replicas.
tell() {
  local index
  for index in "${!pids[@]}"; do
    ((index == 0)) || kill -s "$1" "${pids[index]}" 2>/dev/null || true
  done
}

# stop: tells all replicas to end, once.
stop() {
  if [[ -z $stopping ]]; then
    stopping=yes deadline=$((SECONDS + patience))
    tell TERM
  fi
}

# next: waits for what happens next, a second at most, and keeps the books.
next() {
  local line='' kind='' index='' value=''
  read -r -t 1 -u 7 line || true
  [[ -z $told ]] || stop
  [[ -z $stopping ]] || ((SECONDS <= deadline)) || tell KILL
  read -r kind index value <<<"$line"
  case $kind in
    started)
      pids[index]=$value
      [[ -z $stopping ]] || kill -TERM "$value" 2>/dev/null || true
      ;;
    listening) echo "replica $index of $replicas: $value pid ${pids[index]}" ;;
    simulated)
      registry=${line##* }
      echo "$line"
      ;;
    ended)
      unset "pids[index]"
      if ((index == 0)); then
        simulator_has_ended "$value"
      else
        replica_has_ended "$index" "$value"
      fi
      ;;
  esac
}

simulator_has_ended() {
  simulator_runs='' simulator_code=$1
  if ((running > 0)) && [[ -z $stopping ]]; then
    echo "run: the simulated cluster ended with exit code $1, so the service ends too" >&2
    code=1
    stop
  fi
}

replica_has_ended() {
  local status=$2
  running=$((running - 1))
  # SIGTERM came before the service could listen to it.
  [[ -z $stopping || $status != 143 ]] || status=0
  ((code != 0)) || code=$status
  if ((replicas > 1)); then
    echo "replica $1 of $replicas ended with exit code $status"
  elif ((status > 128)); then
    echo "run: the service was ended by signal $((status - 128))" >&2
  fi
}

# close_processes: waits for the end of all replicas, then ends the simulator and removes the directory.
close_processes() {
  while ((running > 0)); do
    next
  done
  stopping=yes deadline=$((SECONDS + simulator_patience))
  [[ -z ${pids[0]:-} ]] || kill -TERM "${pids[0]}" 2>/dev/null || true
  while [[ -n $simulator_runs ]]; do
    next
    ((SECONDS <= deadline)) || [[ -z ${pids[0]:-} ]] || kill -KILL "${pids[0]}" 2>/dev/null || true
  done
  echo ended >&8
  exec 8>&-
  wait "$guard" || true
}
