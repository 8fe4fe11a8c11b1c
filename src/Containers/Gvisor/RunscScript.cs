using System.Text;

namespace Appliance.Containers.Gvisor;

/// <summary>
/// The program that shims call where they would call runc. runsc understands the same words; the script makes up for what
/// it does differently. It is a script so that a call costs a millisecond, and works while the appliance does not run.
/// </summary>
internal static class RunscScript
{
    /// <summary>A file of this name in a container's bundle lets it connect to sockets of the machine.</summary>
    public const string SocketsNote = "opens-sockets";

    private const string Name = "runsc";
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// A process beside the first has a number of its own inside, by which it gets signals: runsc notes it in a file.
    /// Process 1 takes all others with it: of a restored container, runsc does not know which are "all". A kill that comes
    /// too late says so in runc's words. The restored network is made like a new one: runsc takes a
    /// namespace in which /proc/sys/net/core/rmem_default exists for the machine's own, as it was before Linux 6.14.
    /// A container whose bundle says so may connect to sockets of the machine.
    /// A checkpoint that is whole gets a note of when it was made, and of what: the appliance may have been killed meanwhile.
    /// </summary>
    private const string Text = """
        #!/bin/sh
        command= previous= pid_file= image= bundle=
        for word do
          case $previous in
            --pid-file) pid_file=$word ;;
            --image-path) image=$word ;;
            --bundle) bundle=$word ;;
          esac
          case $word in
            start | restore | exec | kill | checkpoint) command=${command:-$word} ;;
          esac
          previous=$word
        done

        [ -e "$bundle/SOCKETS" ] && set -- --host-uds=open "$@"
        case $command in
          exec)
            for word do
              shift
              set -- "$@" "$word"
              if [ "$word" = exec ]; then
                set -- "$@" --internal-pid-file "$pid_file.inside"
              fi
            done
            ;;
          start | restore)
            exec unshare --mount --propagation slave sh -c 'mount -t tmpfs -o ro,size=4k none /proc/sys/net && exec "$0" "$@"' "RUNSC" "$@"
            ;;
          checkpoint)
            "RUNSC" "$@" || exit
            { cat /proc/sys/kernel/random/boot_id && "RUNSC" --version | head -n 1; } >"$image/complete"
            exit
            ;;
          kill)
            for word do
              shift
              [ "$word" = --all ] || set -- "$@" "$word"
            done
            answer=$("RUNSC" "$@" 2>&1) && exit 0
            case $answer in
              *"not running"* | *"no such process"* | *"does not exist"*) echo 'container not running' >&2 ;;
              *) printf '%s\n' "$answer" >&2 ;;
            esac
            exit 1
            ;;
        esac
        exec "RUNSC" "$@"

        """;

    /// <summary>Where the script of a run directory is.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, Name);

    /// <summary>Writes the script; one that shims call at the same moment stays whole.</summary>
    /// <param name="directory">Of the running appliance.</param>
    /// <param name="runsc">Where runsc is.</param>
    public static void Write(string directory, string runsc)
    {
        string path = PathIn(directory);
        string draft = path + ".new";
        File.WriteAllText(draft, Text.Replace("RUNSC", runsc, StringComparison.Ordinal).Replace("SOCKETS", SocketsNote, StringComparison.Ordinal), new UTF8Encoding(false));
        File.SetUnixFileMode(draft, Executable);
        File.Move(draft, path, overwrite: true);
    }
}
