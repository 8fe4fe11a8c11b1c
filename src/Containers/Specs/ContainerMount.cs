namespace Appliance.Containers.Specs;

/// <summary>A directory or file of the machine that shows inside a container.</summary>
/// <param name="Source">Absolute path on the machine.</param>
/// <param name="Target">Absolute path in the container; it is made if it is not there.</param>
/// <param name="IsReadOnly">Writing there fails with EROFS.</param>
/// <param name="FollowsMachine">Mounts made below the source later show in the container, too.</param>
public sealed record ContainerMount(string Source, string Target, bool IsReadOnly, bool FollowsMachine = false);

/// <summary>A device node that a container may use.</summary>
/// <param name="Path">In the container.</param>
/// <param name="IsBlock">Otherwise a character device.</param>
/// <param name="Major">Of the device's number.</param>
/// <param name="Minor">Of the device's number.</param>
public sealed record ContainerDevice(string Path, bool IsBlock, long Major, long Minor);

/// <summary>A program of the machine that the OCI runtime runs while it makes the container.</summary>
/// <param name="Stage">When, in OCI's words: "createRuntime", "createContainer", "startContainer", "poststart", "poststop".</param>
/// <param name="Path">Absolute, on the machine.</param>
/// <param name="Arguments">The program's name included.</param>
/// <param name="Environment">Each as NAME=VALUE.</param>
public sealed record ContainerHook(string Stage, string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment);

/// <summary>A symbolic link that a container finds in its root.</summary>
/// <param name="Path">Absolute; an empty directory of the image gives way, directories above are made.</param>
/// <param name="Target">What it says.</param>
public sealed record ContainerLink(string Path, string Target);
