using System.Runtime.InteropServices;

namespace Appliance.Native.Libraries;

/// <summary>Libraries of the machine that other programs need.</summary>
public static class SharedLibrary
{
    /// <param name="name">As programs are linked with it, such as <c>libm.so.6</c>.</param>
    public static bool CanBeLoaded(string name)
    {
        bool isThere = NativeLibrary.TryLoad(name, out IntPtr library);
        if (isThere)
        {
            NativeLibrary.Free(library);
        }

        return isThere;
    }
}
