extension Supervisor {
    /// What the supervisor runs in `/bin/sh`.
    ///
    /// It owns the folder and is the server's parent. Commands come line by line on its standard input; the end of
    /// that input, which the system brings about however the test process ends, or a signal, makes it stop the server
    /// and remove the folder. A line is only ever a verb and words quoted by ``Supervisor``.
    ///
    /// The server's process identifier stays safe to signal because nothing but `wait` here collects the process.
    static let script = #"""
        umask 077
        cd / || exit 1
        folder=$1
        kept=$2
        grace=$3
        prefix=$4
        server=

        # Short sleeps, so that nothing outlives us by more than one of them.
        pause() {
            count=0
            while [ "$count" -lt "$1" ]; do
                sleep 0.1
                count=$((count + 1))
            done
        }

        children() {
            if [ -r "/proc/$server/task/$server/children" ]; then
                cat "/proc/$server/task/$server/children"
            else
                ps -A -o ppid= -o pid= | while read -r parent child; do
                    if [ "$parent" = "$server" ]; then echo "$child"; fi
                done
            fi
        } 2>/dev/null

        # A busy backend would outlive a killed postmaster. Stopped first, it starts no more of them.
        kill_all() {
            kill -STOP "$server"
            for child in $(children); do kill -KILL "$child"; done
            kill -KILL "$server"
        } 2>/dev/null

        # A killed server leaves its System V shared memory behind.
        remove_shared_memory() {
            [ -r "$folder/data/postmaster.pid" ] || return 0
            segment=$(sed -n '7s/^ *[0-9][0-9]*  *\([0-9][0-9]*\) *$/\1/p' "$folder/data/postmaster.pid")
            if [ -n "$segment" ]; then eval "$prefix ipcrm -m $segment"; fi
        } 2>/dev/null

        finish() {
            trap : HUP INT QUIT TERM
            if [ -n "$server" ]; then
                {
                    # Again and again, since a server that has only just begun ignores it.
                    left=$grace
                    while [ "$left" -gt 0 ]; do
                        kill -INT "$server"
                        pause 5
                        left=$((left - 5))
                    done
                    kill -QUIT "$server"
                    pause 70
                    kill_all
                } >/dev/null 2>&1 &
                watchdog=$!
                # A signal interrupts the wait.
                while kill -0 "$server" 2>/dev/null; do wait "$server"; done
                kill -KILL "$watchdog" 2>/dev/null
                wait "$watchdog" 2>/dev/null
            fi
            remove_shared_memory
            if [ -n "$kept" ]; then cp "$folder/log" "$kept" 2>/dev/null; fi
            count=0
            until rm -rf -- "$folder" 2>/dev/null || [ "$count" -ge 50 ]; do
                sleep 0.1
                count=$((count + 1))
            done
            exit 0
        }
        trap finish HUP INT QUIT TERM

        mkdir -- "$folder" && mkfifo -- "$folder/alive" && : >"$folder/log" || exit 1
        echo ready

        while IFS= read -r line; do
            words=${line#* }
            case $line in
            "run "*)
                ( eval "exec $words" ) </dev/null >"$folder/output" 2>&1
                echo "exit $?"
                ;;
            "start "*)
                # The server and all its children hold the pipe open: its end is the end of the last of them.
                ( eval "exec $words" ) </dev/null >>"$folder/log" 2>&1 3<>"$folder/alive" &
                server=$!
                echo "started $server"
                ;;
            "signal "*)
                kill "-$words" "$server" 2>/dev/null
                echo sent
                ;;
            "kill "*)
                kill_all
                echo sent
                ;;
            "wait "*)
                wait "$server" 2>/dev/null
                status=$?
                server=
                echo "exit $status"
                ;;
            esac
        done
        finish
        """#
}
